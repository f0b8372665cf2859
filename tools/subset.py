# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Run the tests that may depend on the versions of Python and Paddle: `tools/subset.py EXTRAS [pytest arguments]`.

    PPCLAS_VENV=/tmp/py39 python3.9 tools/subset.py cpu,test

EXTRAS are extras of ppclas-core.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import ensure
from run_tests import run_pytest

SUBSET = ["plugins", "structure/test_start_up.py", "bundles", "checks", "cli/test_command_line.py",
          "cli/commands/test_new_plugin.py", "compat", "config", "data", "export", "losses", "metrics", "models",
          "optim", "predict", "report/test_gallery.py", "runs", "runtimes", "schedules", "tasks", "testing", "training",
          "weights"]
"""Folders and files of the tests; relative to `tests`."""

PLUGINS = ["plugins/ppclas-augment-erase", "plugins/ppclas-models-mobile"]


def main() -> int:
    """Return the exit code of pytest."""
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    ensure(tuple(sys.argv[1].split(",")))
    return run_pytest(["-n", "2", "--dist", "loadgroup", "-m", "not slow and not fuzz and not wheels",
                       "-k", "not MobileNet or x0_35 or x0_25", *(f"tests/{name}" for name in SUBSET), *PLUGINS,
                       *sys.argv[2:]])


if __name__ == "__main__":
    raise SystemExit(main())
