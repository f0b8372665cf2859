# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The cells of the page on notebooks run one after another, with the file that it shows beside them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

NOTEBOOK = """
import ast

def run(cell):
    statements = ast.parse(cell).body
    last = statements.pop() if isinstance(statements[-1], ast.Expr) else None
    exec(compile(ast.Module(statements, []), "cell", "exec"), globals())
    value = eval(compile(ast.Expression(last.value), "cell", "eval"), globals()) if last else None
    for kind in ("svg", "html", "png"):
        if hasattr(value, f"_repr_{kind}_") and getattr(value, f"_repr_{kind}_")():
            print("shown:", type(value).__name__)
"""
"""Runs a cell as a notebook does, and shows the value of its last line."""

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "notebooks.md"


def test_the_cells_run_and_the_file_takes_over(ppclas_project: Any) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    cells = [block for block in blocks if not block.startswith("# my_darken.py")]
    (file,) = [block for block in blocks if block.startswith("# my_darken.py")]
    project = ppclas_project({"my_darken.py": file})
    project.run("data", "digits").succeeded()
    owner = "from ppclas_core.plugins.catalogue import catalogue\nprint(catalogue().find('op', 'Darken').dist)\n"
    code = "\n".join([NOTEBOOK, *(f"run({cell!r})" for cell in [*cells[:-1], owner, cells[-1], owner])])
    done = subprocess.run([sys.executable, "-c", code], cwd=project.folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line in ("registered in this process", "my_darken.py")
            ] == ["registered in this process", "my_darken.py"]
    assert "shown: ConfusionFigure" in done.stdout
    assert "shown: TopErrors" in done.stdout
    assert "<svg" in (project.folder / "confusion.svg").read_text(encoding="utf-8")
    assert "data:image/jpeg" in (project.folder / "errors.html").read_text(encoding="utf-8")
