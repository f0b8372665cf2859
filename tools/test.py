# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Run every test of core and plugins: `python tools/test.py`; further arguments go to pytest.

Installs the test extra into `.venv` first. Tests marked `slow` or `fuzz` are left out unless asked for (`-m slow`,
`-m fuzz`, `-m ""`); their number is printed before the closing line.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import ensure, run


def main() -> int:
    """The exit code is pytest's."""
    ensure(("cpu", "test"), everything=True)
    arguments = sys.argv[1:]
    if not any(argument == "-m" for argument in arguments):
        arguments = ["-m", "not slow and not fuzz", *arguments]
    if not any(argument.startswith("-n") for argument in arguments):
        arguments = ["-n", str(max(1, min(os.cpu_count() or 1, 8))), "--dist", "loadgroup", *arguments]
    # one thread per worker: the workers fill the cores
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # a shell starts jobs in the background with Ctrl-C ignored, and children would inherit that
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return run("python", "-m", "pytest", "-p", "tools.left_out", *arguments, check=False)


if __name__ == "__main__":
    raise SystemExit(main())
