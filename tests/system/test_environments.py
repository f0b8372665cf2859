# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Separate environments: found where the tools are, else created once; an error says why neither is possible."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ppclas_core.api import Environment
from ppclas_core.errors import UserError
from ppclas_core.system.environments import interpreter, known_interpreter, remove, why_not


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tool that pip installs without network, and an empty cache."""
    monkeypatch.setenv("PPCLAS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    wheel = tmp_path / "odd_tool-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("odd_tool.py", "ANSWER = 42\n")
        archive.writestr("odd_tool-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: odd-tool\nVersion: 1.0\n")
        archive.writestr("odd_tool-1.0.dist-info/WHEEL",
                         "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("odd_tool-1.0.dist-info/RECORD", "")
    return wheel


def test_an_environment_is_made_once_and_found_from_then_on(package: Path, caplog: pytest.LogCaptureFixture) -> None:
    tool = Environment("odd", (str(package),), ("odd_tool",))
    assert known_interpreter(tool) is None
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(lambda _: interpreter(tool), range(2))
    assert first == second == known_interpreter(tool)
    assert caplog.text.count("creating the environment for 'odd'") == 1, "two at once make one"
    program = [str(first), "-c", "import odd_tool; print(odd_tool.ANSWER)"]
    assert subprocess.run(program, capture_output=True, text=True).stdout == "42\n"
    remove(tool)
    assert known_interpreter(tool) is None


def test_an_environment_that_inherits_sees_our_packages_too(package: Path) -> None:
    tool = Environment("odd", (str(package),), ("odd_tool", "pluggy"), shares=True)
    python = interpreter(tool)
    assert python != Path(sys.executable)
    subprocess.run([str(python), "-c", "import odd_tool, pluggy, yaml"], check=True)


def test_the_interpreter_that_runs_ppclas_is_taken_when_it_has_the_tools() -> None:
    assert known_interpreter(Environment("here", ("pluggy",), ("pluggy",))) == Path(sys.executable)


def test_a_python_that_the_user_names_is_taken_first_and_must_have_the_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PPCLAS_HERE_PYTHON", sys.executable)
    assert known_interpreter(Environment("here", ("pluggy",), ("pluggy",))) == Path(sys.executable)
    with pytest.raises(UserError, match="is not a Python that has no_such_module") as told:
        known_interpreter(Environment("here", ("x",), ("no_such_module",)))
    assert "PPCLAS_HERE_PYTHON" in str(told.value)


def test_an_absent_version_of_python_is_reported_with_what_to_do(package: Path) -> None:
    tool = Environment("odd", (str(package),), ("odd_tool",), pythons=("3.0",))
    assert "needs CPython 3.0" in why_not(tool)
    with pytest.raises(UserError, match="PPCLAS_ODD_PYTHON"):
        interpreter(tool)


def test_the_output_of_pip_is_reported_when_it_fails(package: Path) -> None:
    broken = Environment("odd", ("no-such-package-at-all",), ("odd_tool",))
    with pytest.raises(UserError, match="no-such-package-at-all"):
        interpreter(broken)
    assert known_interpreter(broken) is None


def test_a_script_on_path_names_the_python_that_has_the_tools(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apart = Environment("odd", (str(package),), ("odd_tool",))
    python = interpreter(apart)
    folder = package.parent / "bin"
    folder.mkdir()
    (folder / "odd_opt").write_text(f"#!{python}\n", encoding="utf-8")
    (folder / "odd_opt").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    here = Environment("another", (str(package),), ("odd_tool",), script="odd_opt")
    assert known_interpreter(here) == python
    (folder / "odd_opt").write_text("#!/bin/sh\n", encoding="utf-8")
    assert known_interpreter(here) is None, "a script of something else is passed over"
