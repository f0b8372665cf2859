# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Tests lie where the tested code lies: `ppclas_core/data/loader.py` is tested by `tests/data/test_loader.py`.

A folder of tests is a package of core, or stands in `OTHER_FOLDERS` with its reason. In a package's folder `test_X.py`
is named for a module or package X of it, or for the package itself. A file that tests how several modules work together
is a story: the first line of its docstring begins with "Story:" and says in one sentence what happens.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Iterator

import pytest

TESTS = Path(__file__).resolve().parents[1]
CORE = TESTS.parent / "ppclas_core"

OTHER_FOLDERS = {
    "benchmarks": "the program that runs the benchmarks of benchmarks/",
    "configs": "the YAML files of configs/ and the legacy configs of users",
    "docs": "the pages of docs/: their commands, links and generated parts",
    "faults": "every command on machines with full disks, read-only folders, closed consoles",
    "fuzz": "random damage in configs, images, lists and weights",
    "golden": "tables that tests compare with",
    "structure": "rules about the source code of core and plugins",
    "tools": "the scripts of tools/",
    "wheels": "wheels that are built and installed",
}
"""Folders below tests/ that mirror no package of core, and what they test."""


def folders() -> Iterator[str]:
    """Yield the folders with tests or their data, as paths relative to tests/."""
    for path in sorted(TESTS.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            yield path.parent.relative_to(TESTS).as_posix()


def is_package(folder: str) -> bool:
    return (CORE / folder / "__init__.py").is_file()


def is_mirror(path: Path) -> bool:
    """Return whether a test file is named for a module or package of the package of its folder, or for that package."""
    package = CORE / path.parent.relative_to(TESTS)
    name = path.stem[len("test_"):]
    return (package / f"{name}.py").is_file() or (package / name / "__init__.py").is_file() or name == package.name


@pytest.mark.parametrize("folder", sorted(set(folders())))
def test_every_folder_is_a_package_of_core_or_explained(folder: str) -> None:
    assert is_package(folder) != (folder.split("/")[0] in OTHER_FOLDERS), f"tests/{folder}"


def test_no_explained_folder_is_missing() -> None:
    assert set(OTHER_FOLDERS) <= set(folders())


@pytest.mark.parametrize("path", sorted(TESTS.rglob("test_*.py")), ids=lambda path: path.relative_to(TESTS).as_posix())
def test_a_file_is_named_for_a_module_or_is_a_story(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    story = docstring.startswith("Story: ")
    if is_package(path.parent.relative_to(TESTS).as_posix()):
        assert is_mirror(path) != story, "name it for a module, or begin its docstring with `Story:`, not both"
    else:
        assert not story, "its folder says already what it tests"
