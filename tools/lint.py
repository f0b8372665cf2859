# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""ruff, mypy and import-linter over the whole checkout: `python tools/lint.py`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from environment import ROOT, ensure, run
from usage import help_asked


def check_types() -> int:
    """Check core, the plugins and all tests in one run of mypy; return its exit code.

    Files of the same name in the tests of two plugins need module names of their own: the tests of
    `plugins/ppclas-<name>` are given as the package `plugin_tests.<name>`, a folder of links.
    """
    sources = sorted(str(path) for path in (ROOT / "plugins").glob("*/src"))
    links = Path(".mypy_cache", "links", "plugin_tests")
    shutil.rmtree(ROOT / links, ignore_errors=True)
    (ROOT / links).mkdir(parents=True)
    for tests in sorted((ROOT / "plugins").glob("*/tests")):
        name = tests.parent.name.replace("ppclas-", "").replace("-", "_")
        (ROOT / links / name).symlink_to(tests, target_is_directory=True)
    os.environ["MYPYPATH"] = str(links.parent)
    return run("mypy", "ppclas_core", *sources, "tests", str(links), check=False)


def main() -> int:
    """Return 0 when all three are clean, else 1."""
    ensure(("cpu", "test"), everything=True)
    style = run("ruff", "check", ".", check=False)
    types = check_types()
    layers = run("lint-imports", check=False)
    return 1 if style or types or layers else 0


if __name__ == "__main__":
    help_asked(__doc__)
    raise SystemExit(main())
