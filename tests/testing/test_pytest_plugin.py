# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The conformance kit runs with pytest alone, without a warning about its markers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_markers_of_the_kit_are_known_without_xdist(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text("import pytest\n\n\n@pytest.mark.slow\n@pytest.mark.xdist_group('net')\n"
                                        "def test_a():\n    pass\n")
    options = ["-q", "--strict-markers", "-p", "no:xdist", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options, "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "warning" not in done.stdout
