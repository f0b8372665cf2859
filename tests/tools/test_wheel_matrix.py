# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The table of wheels on several Pythons: what counts as a failure. `.ci/full` runs the real installations."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any, Optional

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import wheel_matrix


class Pip(wheel_matrix.Sandbox):
    """A sandbox whose pip succeeds, or fails with a message."""

    def __init__(self, message: Optional[str] = None) -> None:
        self.message = message

    def pip_install(self, extras: str, *arguments: str, timeout: Optional[float] = None) -> str:
        if self.message:
            raise RuntimeError(self.message)
        return ""


NO_PADDLE = "ERROR: No matching distribution found for paddlepaddle-gpu<2.7,>=2.6.2"


def test_paddle_2_6_resolves_before_3_13_and_is_refused_there() -> None:
    assert wheel_matrix.resolve_or_refuse(Pip(), "gpu", "3.12") == "resolves"
    assert wheel_matrix.resolve_or_refuse(Pip(NO_PADDLE), "gpu", "3.13").startswith("refused in ")


@pytest.mark.parametrize(("message", "version"),
                         [(NO_PADDLE, "3.12"), (None, "3.13"), ("numpy does not compile", "3.13")])
def test_any_other_outcome_is_a_failure(message: Optional[str], version: str) -> None:
    with pytest.raises(RuntimeError):
        wheel_matrix.resolve_or_refuse(Pip(message), "gpu", version)


def test_an_interpreter_is_found_by_its_version_and_an_absent_one_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    monkeypatch.setattr(shutil, "which", lambda name: sys.executable if name == f"python{own}" else None)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert wheel_matrix.interpreter(own) == sys.executable
    monkeypatch.setattr(sys, "argv", ["wheel_matrix.py", "2.7", "--dist", str(tmp_path)])
    assert wheel_matrix.main() == 1
    assert "absent on this machine, not tried: Python 2.7" in capsys.readouterr().out


def test_a_failed_step_is_a_cell_of_the_table_and_the_others_follow(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    class Broken(Pip):
        work = tmp_path

        def run(self, *command: str, timeout: Optional[float] = None) -> str:
            if command[:2] == ("ppclas", "plugins"):
                raise RuntimeError("ppclas plugins --check returned 1")
            return "1.0" if command[0] == "python" else "[]"  # no prediction, and no report.json of the run

    row = wheel_matrix.try_version("3.12", Broken())
    assert row["pip check"] == "clean"
    assert row["top-1"] == row["predicted"] == row["plugins"] == "FAILED"
    assert row["doctor"] == "OK"
    assert "ppclas plugins --check returned 1" in capsys.readouterr().out
