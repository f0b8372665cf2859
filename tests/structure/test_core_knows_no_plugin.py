# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""No executable line of core names what a plugin provides; records say what core must know."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Dict, Iterator, List, Set

import pytest

CORE = Path(__file__).resolve().parents[2] / "ppclas_core"
ORDINARY = {"hub", "lite", "onnx", "quant", "search", "serve", "serving", "turbo"}
"""Names that are words of the language or suffixes of files: only a whole constant is the name."""
HELP = {"help", "description", "epilog", "metavar"}
_WORD = re.compile(r"[A-Za-z][\w-]*")


@pytest.fixture(scope="module")
def names() -> Set[str]:
    """Names of all kinds: components, aliases, published weights, families, distributions and their packages."""
    from ppclas_core.plugins.catalogue import catalogue, first_party

    kinds: Dict[str, Dict[str, str]] = {kind: dict(owners) for kind, owners in first_party().items()
                                        if kind != "config_key"}  # keys of the config are core's
    ours = {dist for owners in kinds.values() for dist in owners.values()}
    found = {*ours, *(dist.replace("-", "_") for dist in ours), *(name for owners in kinds.values() for name in owners)}
    backbones = catalogue().entries("backbone")
    families = {entry.record.family for entry in backbones if entry.dist in ours}
    families |= {re.split(r"_|(?<=\D)\d", name)[0] for name in kinds["backbone"]} - {"SE", "Fix", "Res"}
    return found | families


def hits(source: str, names: Set[str]) -> Iterator[int]:
    """Yield the lines that name one: constants outside docstrings and help texts, identifiers and imports."""
    tree = ast.parse(source)
    aside: Set[ast.AST] = set()
    folded = {name.lower() for name in names if name.lower() not in ORDINARY}
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # docstrings, also of constants
            aside.add(node.value)
        elif isinstance(node, ast.keyword) and node.arg in HELP:
            aside.update(ast.walk(node.value))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "key":
            aside.update(part for text in node.args[1:2] for part in ast.walk(text))  # help of a config key
        elif isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call) and "key" in identifiers(
                node.value.func):
            aside.add(node.target)  # keys of the config are core's
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in aside:
            if node.value.strip("_ ") in names or (names - ORDINARY) & set(_WORD.findall(node.value)):
                yield node.lineno
        elif node not in aside and any(word.lower() in folded for word in identifiers(node)):
            yield node.lineno  # type: ignore[attr-defined]  # all nodes but Module have it


def identifiers(node: ast.AST) -> List[str]:
    """Return the identifiers that a node itself brings; of an import the parts of the module."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, ast.arg) or (isinstance(node, ast.keyword) and node.arg):
        return [str(node.arg)]
    if isinstance(node, ast.Import):
        return [part for alias in node.names for part in alias.name.split(".")]
    if isinstance(node, ast.ImportFrom):
        return [*(node.module or "").split("."), *(alias.name for alias in node.names)]
    return []


def test_no_line_of_core_names_what_a_plugin_provides(names: Set[str]) -> None:
    found = [f"{path.relative_to(CORE.parent)}:{line}" for path in sorted(CORE.rglob("*.py"))
             for line in hits(path.read_text(encoding="utf-8"), names)]
    assert found == []


@pytest.mark.parametrize("line", [
    'build("Distillation")', 'x = "install ppclas-distill, please"', "import ppclas_serve.app", 'engine == "onnx"',
    "from ppclas_augment_mix.mixup import MixupOperator", 'show("ResNet/ResNet50.yaml")', "def distillation(): ...",
    'key(1, "help", names="JSDivLoss")', 'family == "GhostNet"', 'loss = f"{a} or JSDivLoss"',
    "openvino = 1", 'run(command="ssld")',
])
def test_each_way_of_naming_it_is_seen(names: Set[str], line: str) -> None:
    assert list(hits(line, names)) != []


@pytest.mark.parametrize("line", [
    '"""As JSDivLoss does."""', 'key(1, "such as JSDivLoss" + more)', 'add("--x", help="onnx or openvino")',
    'distillation: Params = key({}, "help")', "re.search(a, b)", 'say("serve the search")', 'suffixes = (".onnx",)',
])
def test_docs_help_and_ordinary_words_are_free(names: Set[str], line: str) -> None:
    assert list(hits(line, names)) == []
