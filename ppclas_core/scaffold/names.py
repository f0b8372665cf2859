# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Checks of the names of a new plugin against Python, installed packages and the template's own names."""

from __future__ import annotations

import ast
import importlib.util
import keyword
import sys
import sysconfig
from pathlib import Path
from typing import Dict, Mapping

import importlib_metadata

from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue, first_party
from ppclas_core.plugins.discover import canonical
from ppclas_core.plugins.ownership import CORE


def check_identifiers(package: str, component: str, module: str) -> None:
    """Refuse names that are Python keywords or collide inside the package.

    Raises:
        UserError: a name is refused; the error says what it would be used for.
    """
    for name, what in ((package, "gives the package name"), (component, "is the component"),
                       (module, f"is the module of the component '{component}'")):
        if keyword.iskeyword(name):
            raise UserError(f"'{name}' {what}, which is a keyword of Python", do="choose another name")
    if module == "plugin":
        raise UserError(f"the component '{component}' would be written to plugin.py, which holds the records",
                        do="choose another name with --component")


def check_free(dist: str, package: str, kind: str, component: str) -> None:
    """Refuse names that are taken in this environment.

    Raises:
        UserError: the distribution is installed or a first-party one, the package is an importable module, or the
            component exists.
    """
    ours = {CORE, "ppclas"} | {owner for owners in first_party().values() for owner in owners.values()}
    name = canonical(dist)
    if name in ours:
        raise UserError(f"'{dist}' is a distribution of ppclas itself", do="choose another name")
    if _is_standard(package):
        raise UserError(f"'{dist}' gives the package name '{package}', a module of Python's standard library",
                        do="choose another name")
    installed = {canonical(str(each.name)): each for each in importlib_metadata.distributions() if each.name}
    if name in installed:
        raise UserError(f"a distribution '{name}' is installed, version {installed[name].version}",
                        do=f"choose another name, or first: pip uninstall {name}")
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        spec = None
    if spec is not None and spec.origin is not None:
        raise UserError(f"'{dist}' gives the package name '{package}', which exists: {spec.origin}",
                        do="choose another name")
    kind = {"batch_op": "op", "decoder": "op"}.get(kind, kind)
    owner = catalogue().owner(kind, component)
    if owner is not None:
        raise UserError(f"{owner.component} exists, in {owner.label}", do="choose another name with --component")


def _is_standard(module: str) -> bool:
    """Return whether a module belongs to the standard library; Python 3.9 has no list, so its path is checked."""
    if module in getattr(sys, "stdlib_module_names", sys.builtin_module_names):
        return True
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return False
    origin = Path(spec.origin) if spec is not None and spec.origin else None
    standard = Path(sysconfig.get_paths()["stdlib"])
    return origin is not None and standard in origin.parents and "site-packages" not in origin.parts


def check_modules(component: str, files: Mapping[str, str]) -> None:
    """Refuse a component name that a generated module uses otherwise or that makes a module invalid.

    Raises:
        UserError: the name is refused; the error names the module.
    """
    for path, text in files.items():
        if not path.endswith(".py"):
            continue
        try:
            tree = ast.parse(text)
        except SyntaxError as error:
            raise UserError(f"with the component '{component}' {path}:{error.lineno} is not valid Python: {error.msg}",
                            do="choose another name with --component") from None
        if _defined(tree).get(component, 0) > 1 or component in _imported(tree):
            raise UserError(f"the component '{component}' has a name that {path} uses for something else",
                            do="choose another name with --component")


def _defined(tree: ast.Module) -> Dict[str, int]:
    """Return name -> number of top-level definitions of each class and function of a module."""
    found: Dict[str, int] = {}
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            found[node.name] = found.get(node.name, 0) + 1
    return found


def _imported(tree: ast.Module) -> Dict[str, None]:
    """Return the names that a module imports."""
    return {alias.asname or alias.name.partition(".")[0]: None for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names}
