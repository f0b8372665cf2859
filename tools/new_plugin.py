# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Add a first-party plugin to this checkout: `python tools/new_plugin.py ppclas-NAME --kind KIND`.

Uses the template of `ppclas new-plugin`, and writes to plugins/. What a repository has once, such as its workflow, is
left out.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def main() -> int:
    """Run `ppclas new-plugin ... --out plugins`; return its exit code."""
    from ppclas_core.cli import main as ppclas

    plugins = ROOT / "plugins"
    before = set(plugins.iterdir())
    code = ppclas(["new-plugin", *sys.argv[1:], "--author", "The ppclas authors", "--out", str(plugins)])
    for folder in set(plugins.iterdir()) - before:
        shutil.rmtree(folder / ".github")
        (folder / ".gitignore").unlink()
    return code


if __name__ == "__main__":
    raise SystemExit(main())
