# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`--help` of every tool prints how it is used, and does nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
PASSED_ON = {"test.py", "subset.py", "new_plugin.py"}
"""Tools whose arguments are those of another program."""


@pytest.mark.parametrize("script", sorted(
    path.name for path in TOOLS.glob("*.py")
    if '__name__ == "__main__"' in path.read_text(encoding="utf-8") and path.name not in PASSED_ON))
def test_help_of_a_tool_is_printed_and_nothing_is_done(script: str, tmp_path: Path) -> None:
    command = [sys.executable, str(TOOLS / script), "--help"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    assert script in shown.stdout
    assert list(tmp_path.iterdir()) == []
