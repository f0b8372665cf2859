# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Build the wheels of core, of every plugin and of the metapackage into dist/: `python tools/build.py [OUT]`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import METAPACKAGE, ROOT, distributions, remove_build_folders
from usage import help_asked


def main() -> int:
    """Build all wheels by one `pip wheel`; return 0 if every wheel exists."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"
    folders = [ROOT, *distributions(), METAPACKAGE]
    remove_build_folders()
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(out)]
    code = subprocess.run([*command, *map(str, folders)]).returncode
    wheels = sorted(path.name for path in out.glob("ppclas*.whl"))
    print("\n".join([f"{out}:", *(f"  {name}" for name in wheels)]))
    return code or int(len(wheels) < len(folders))


if __name__ == "__main__":
    help_asked(__doc__)
    raise SystemExit(main())
