# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""ruff, mypy and import-linter over the whole checkout: `python tools/lint.py`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import ROOT, ensure, run


def main() -> int:
    """Return 0 when all three are clean, else 1."""
    ensure(("cpu", "test"), everything=True)
    sources = sorted(str(path) for path in (ROOT / "plugins").glob("*/src"))
    style = run("ruff", "check", ".", check=False)
    types = run("mypy", "ppclas_core", *sources, check=False)
    layers = run("lint-imports", check=False)
    return 1 if style or types or layers else 0


if __name__ == "__main__":
    raise SystemExit(main())
