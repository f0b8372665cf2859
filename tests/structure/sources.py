# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The source files of core and plugins, parsed, for the tests of their structure."""

from __future__ import annotations

import ast
import functools
from pathlib import Path
from typing import Iterator, List, Tuple, Union

ROOT = Path(__file__).resolve().parents[2]
Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]


@functools.cache
def source_files() -> Tuple[Path, ...]:
    """Return the files of ppclas_core and of plugins/*/src, sorted."""
    folders = [ROOT / "ppclas_core", *sorted((ROOT / "plugins").glob("*/src"))]
    return tuple(path for folder in folders for path in sorted(folder.rglob("*.py")))


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module_of(path: Path) -> str:
    """Return the dotted name of a source file; the name of its package for an `__init__.py`."""
    relative = path.relative_to(ROOT).with_suffix("")
    parts = relative.parts if relative.parts[0] == "ppclas_core" else relative.parts[3:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def functions(path: Path) -> Iterator[Tuple[str, Function]]:
    """Yield all functions of a file with their qualified names, e.g. `Loader.epoch`; nested functions too."""

    def visit(node: ast.AST, scope: str) -> Iterator[Tuple[str, Function]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield scope + child.name, child
                yield from visit(child, f"{scope}{child.name}.")
            elif isinstance(child, ast.ClassDef):
                yield from visit(child, f"{scope}{child.name}.")
            else:
                yield from visit(child, scope)

    return visit(parsed(path), "")


def parameters(function: Function) -> List[ast.arg]:
    """Return the parameters of a function without `self`, `cls`, `*args` and `**kwargs`."""
    arguments = function.args
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [each for each in found if each.arg not in ("self", "cls")]


def location(path: Path, node: Union[Function, ast.stmt, ast.arg]) -> str:
    """Return `file:line` relative to the checkout."""
    return f"{path.relative_to(ROOT)}:{node.lineno}"
