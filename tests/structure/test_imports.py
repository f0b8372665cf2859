# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Imports point one way: commands -> engine, export, predict -> data, weights, nn -> config -> plugins -> api."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Iterator, Tuple

CORE = Path(__file__).resolve().parents[2] / "ppclas_core"
LEVELS = {
    "commands": 6, "testing": 6, "cli": 6, "builtin": 1,
    "engine": 5, "export": 5, "predict": 5, "report": 4, "doctor": 5, "scaffold": 2,
    "create": 4, "data": 3, "weights": 3, "nn": 3,
    "config": 2, "plugins": 1, "environments": 1, "system": 0, "hookspecs": 0, "api": 0, "errors": 0,
}


def imports_at_module_level(path: Path) -> Iterator[Tuple[int, str]]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("ppclas_core"):
            parts = node.module.split(".")
            for name in [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]:
                yield node.lineno, name


def test_imports_point_one_way() -> None:
    wrong = []
    for path in CORE.rglob("*.py"):
        room = path.relative_to(CORE).parts[0].removesuffix(".py")
        if room in ("__init__", "__main__"):
            continue
        for line, other in imports_at_module_level(path):
            if other in LEVELS and LEVELS[other] > LEVELS[room]:
                wrong.append(f"{path.relative_to(CORE)}:{line} ({room}) imports {other}")
    assert not wrong


def test_every_part_of_core_has_its_level() -> None:
    rooms = {path.name.removesuffix(".py") for path in CORE.iterdir() if path.suffix in ("", ".py")}
    assert rooms - {"__init__", "__main__", "__pycache__"} <= set(LEVELS)
