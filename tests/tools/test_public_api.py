# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The frozen public interface: what a line has, which changes are seen, and that the changelog must announce them."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, List

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from public_api import changed, members, parameters, unannounced  # noqa: E402  the path is set above

CHANGELOG = """# Changelog

## [Unreleased]

- `ppc.create(kind)` has no argument `name`. The loss called Focal is gone.

## [0.1.0] - 2026-01-01

- `Metric`
"""


@pytest.mark.parametrize(("source", "text"), [
    ("a, b: int = 3, *, c: str = 'x'", "a, b=3, *, c='x'"),
    ("*items: object, **options: int", "*items, **options"),
    ("", ""),
])
def test_parameters_have_name_kind_and_default(source: str, text: str) -> None:
    node: Any = ast.parse(f"def f({source}): pass").body[0]
    assert parameters(node.args) == text


@pytest.mark.parametrize(("source", "expected"), [
    ("@dataclass(frozen=True)\nclass X:\n  a: int\n  b: dict = field(default_factory=dict)\n"
     "  c: int = field(init=False)\n", ["class m.X(a, b=dict())"]),
    ("class X(NamedTuple):\n  a: int\n  b: str = ''\n", ["class m.X(a, b='') of NamedTuple"]),
    ("class X(UserError, Base):\n  mode: str = 'max'\n  _hidden: int = 1\n"
     "  def __init__(self, a, *, b=1): pass\n"
     "  def _private(self): pass\n  def __call__(self, x): pass\n  @property\n  def p(self): pass\n"
     "  @staticmethod\n  def s(x): pass\n  @classmethod\n  def c(cls, x): pass\n",
     ["class m.X(a, *, b=1) of UserError", "attribute m.X.mode", "def m.X.__call__(x)", "attribute m.X.p",
      "def m.X.s(x)", "def m.X.c(x)"]),
])
def test_a_class_has_its_constructor_and_its_public_members(source: str, expected: List[str]) -> None:
    node: Any = ast.parse(source).body[0]
    assert list(members("m.X", node)) == expected


def test_removed_and_changed_names_are_changes_and_new_ones_are_not() -> None:
    old = ["def m.f(a)", "def m.g()", "value m.A = 1"]
    assert changed(old, ["def m.f(a, b)", "def m.new()", "value m.A = 1"]) == {"m.f", "m.g"}


def test_a_change_is_announced_in_backticks_below_unreleased_only() -> None:
    names = {"m.create", "m.Focal", "m.Metric", "m.nam"}
    assert unannounced(names, CHANGELOG) == ["m.Focal", "m.Metric", "m.nam"]


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the tool in a copy of the checkout."""
    return subprocess.run([sys.executable, str(folder / "tools" / "public_api.py"), *options], capture_output=True,
                          text=True)


def test_the_file_is_written_only_when_the_changelog_has_the_change(tmp_path: Path) -> None:
    for name in ("ppclas_core", "tools", "tests/golden/public_api.txt", "CHANGELOG.md"):
        source, copy = ROOT / name, tmp_path / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("*.npz", "__pycache__"))
        else:
            shutil.copy(source, copy)
    assert run(tmp_path, "--check").returncode == 0
    api = tmp_path / "ppclas_core" / "api.py"
    text = api.read_text(encoding="utf-8")
    api.write_text(text.replace("teacher: bool = False", "tutor: bool = False"), encoding="utf-8")
    found = run(tmp_path, "--check")
    assert found.returncode == 1
    assert "-class ppclas_core.api.Loss(" in found.stdout
    assert "tutor=False" in found.stdout
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(CHANGELOG, encoding="utf-8")
    refused = run(tmp_path)
    assert refused.returncode == 1
    assert "ppclas_core.api.Loss" in refused.stdout
    changelog.write_text(CHANGELOG.replace("The loss", "`Loss` and `Callback` say tutor. The loss"), encoding="utf-8")
    assert run(tmp_path).returncode == 0
    assert run(tmp_path, "--check").returncode == 0
