# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Run the tests of core and all plugins: `python tools/test.py [pytest arguments]`.

Installs the test extra into `.venv` first. Tests marked `slow` or `fuzz` are deselected, unless `-m slow`, `-m fuzz` or
`-m ""` is given; their number is printed before the closing line.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import ensure
from run_tests import run_pytest


def main() -> int:
    """Return the exit code of pytest."""
    ensure(("cpu", "test"), everything=True)
    arguments = sys.argv[1:]
    if "-m" not in arguments:
        arguments = ["-m", "not slow and not fuzz", *arguments]
    return run_pytest(["-p", "tools.left_out", *arguments])


if __name__ == "__main__":
    raise SystemExit(main())
