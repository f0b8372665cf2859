# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Messages go through `logging`: below the command line nothing prints, and no function takes one to print with."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Iterator, List

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRINTS = ("cli", "testing", "scaffold")
"""Packages of core that write to the terminal: the commands, the test kit, and templates of plugins."""


def core_files() -> List[Path]:
    folder = ROOT / "ppclas_core"
    return [path for path in sorted(folder.rglob("*.py")) if path.relative_to(folder).parts[0] not in PRINTS]


def plugin_files() -> List[Path]:
    """Modules of the plugins but those of commands, and but the programs that other interpreters run."""
    return [path for path in sorted(ROOT.glob("plugins/*/src/**/*.py"))
            if not path.stem.endswith(("command", "child", "template"))]


def printing(path: Path) -> Iterator[str]:
    """`name:line` of each call of `print` and of each parameter called `say`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield f"{path.relative_to(ROOT)}:{node.lineno} print"
        if isinstance(node, ast.arg) and node.arg == "say":
            yield f"{path.relative_to(ROOT)}:{node.lineno} say"


@pytest.mark.parametrize("files", [core_files, plugin_files])
def test_nothing_below_the_commands_prints(files) -> None:
    paths = files()
    assert len(paths) > 50
    assert [line for path in paths for line in printing(path)] == []


def test_a_print_and_a_parameter_called_say_are_found(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    (tmp_path / "a.py").write_text("print(1)\ndef f(say): say(2)\nself.print(3)\n")
    assert list(printing(tmp_path / "a.py")) == ["a.py:1 print", "a.py:2 say"]
