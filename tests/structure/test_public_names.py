# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Packages of core list their public names in `__all__`; our plugins import nothing else of core."""

from __future__ import annotations

import ast
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Dict, Iterator, Tuple

import pytest

from ppclas_core.scaffold import KINDS, plugin_files

ROOT = Path(__file__).resolve().parents[2]
CORE = "ppclas_core"
TOOL = ROOT / "tools" / "api_page.py"
DOCUMENTED: Dict[str, Dict[str, str]] = runpy.run_path(str(TOOL))["documented"]()



def source_of(module: str) -> Path:
    """Return the file of a module or a package."""
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


LAZY = [package for package in DOCUMENTED if "lazy_names(" in source_of(package).read_text(encoding="utf-8")]


def imports(source: str) -> Iterator[Tuple[int, str, str]]:
    """Yield line, module and name of each import from core, wherever it stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == CORE:
            for alias in node.names:
                yield node.lineno, str(node.module), alias.name
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] == CORE:
                    yield node.lineno, alias.name, ""


def private(source: str) -> Iterator[int]:
    """Yield the lines that import what core does not document; `import ppclas_core` alone is free."""
    for line, module, name in imports(source):
        if name not in DOCUMENTED.get(module, {}) and (module, name) != (CORE, ""):
            yield line


def test_our_plugins_import_public_names_only() -> None:
    hits = [f"{path.relative_to(ROOT)}:{line}" for path in sorted((ROOT / "plugins").glob("*/src/**/*.py"))
            for line in private(path.read_text(encoding="utf-8"))]
    assert hits == []


@pytest.mark.parametrize("kind", list(KINDS))
def test_new_plugins_import_public_names_only(kind: str) -> None:
    for path, text in plugin_files("acme-x", kind).items():
        assert not path.endswith(".py") or list(private(text)) == [], path


@pytest.mark.parametrize(("line", "hit"), [
    ("from ppclas_core.bundles import read_bundle", False), ("import ppclas_core.bundles.bundle as b", True),
    ("from ppclas_core.bundles.bundle import read_bundle", True), ("from ppclas_core import create_model", False),
    ("from ppclas_core.bundles import hash_files", True),
    ("def f():\n    from ppclas_core.weights.load import load_weights", True), ("import ppclas_core", False),
    ("from ppclas_core.weights import torch_names", False),
])
def test_private_imports_are_seen(line: str, hit: bool) -> None:
    assert bool([*private(line)]) == hit


@pytest.mark.parametrize("package", LAZY)
def test_a_public_name_stands_in_its_module_and_hides_no_other(package: str) -> None:
    """Each is defined or imported there, and is no submodule of the package, which would replace it."""
    for name, module in DOCUMENTED[package].items():
        if module != package:
            assert name in top_level(source_of(module)), f"{package}: {name} is not in {module}"
            assert not source_of(f"{package}.{name}").is_file(), name


def top_level(path: Path) -> set[str]:
    """Return the names that a module binds at its top level."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


@pytest.mark.parametrize("package", LAZY)
def test_the_types_that_mypy_sees_are_those_of_the_names(package: str) -> None:
    tree = ast.parse(source_of(package).read_text(encoding="utf-8"))
    blocks = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {alias.asname: node.module for block in blocks for node in block.body if isinstance(node, ast.ImportFrom)
            for alias in node.names}
    assert seen == {name: module for name, module in DOCUMENTED[package].items() if module != package}


def test_the_page_of_public_names_is_current() -> None:
    done = subprocess.run([sys.executable, str(TOOL), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_change_of_the_public_interface_is_in_the_changelog_and_in_the_golden_file() -> None:
    tool = TOOL.with_name("public_api.py")
    done = subprocess.run([sys.executable, str(tool), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_functions_stay_functions_when_modules_of_their_name_are_imported() -> None:
    run("import ppclas_core as ppc, types\n"
        "import ppclas_core.models.create, ppclas_core.bundles.bundle\n"
        "from ppclas_core.bundles import read_bundle\n"
        "assert isinstance(ppc.create, types.FunctionType)\n"
        "assert isinstance(ppc.export, types.FunctionType)\n")


def test_pythons_zlib_is_loaded_before_paddle_can_be() -> None:
    run("import sys, ppclas_core; assert 'zlib' in sys.modules and 'paddle' not in sys.modules")


def test_dir_of_core_has_every_public_name() -> None:
    import ppclas_core

    assert set(ppclas_core.__all__) <= set(dir(ppclas_core))
