# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas new-plugin` refuses names with which the plugin could not work, and writes modules that compile."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import pytest

from ppclas_core.scaffold import KINDS


@pytest.mark.parametrize(("dist", "told"), [
    ("class", "keyword of Python"), ("import", "keyword of Python"), ("None", "keyword of Python"),
    ("os", "standard library"), ("json", "standard library"), ("JSON", "standard library"),
    ("ppclas-core", "distribution of ppclas itself"), ("ppclas", "distribution of ppclas itself"),
    ("PPCLAS_Models.Mobile", "distribution of ppclas itself"), ("numpy", "is installed, version"),
    ("importlib-metadata", "is installed, version"), ("yaml", "which exists"), ("ppclas_core.x", ""),
    ("3net", "is not a Python identifier"), ("a b", "is not a valid"), ("../x", "is not a valid"),
])
def test_a_name_that_is_taken_is_refused(ppclas_project: Callable[..., Any], dist: str, told: str) -> None:
    project = ppclas_project()
    outcome = project.run("new-plugin", dist, "--kind", "op")
    if not told:
        outcome.succeeded()
        return
    assert outcome.code == 2
    assert told in outcome.err
    assert list(project.folder.iterdir()) == []


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("component", ["class", "None", "import", "Class", "True", "Plugin"])
def test_a_component_that_gives_no_module_is_refused(
    ppclas_project: Callable[..., Any], kind: str, component: str
) -> None:
    project = ppclas_project()
    outcome = project.run("new-plugin", "acme-x", "--kind", kind, "--component", component)
    assert outcome.code == 2
    assert component.lower() in outcome.err.lower()
    assert not (project.folder / "acme-x").exists()


@pytest.mark.parametrize(("kind", "component"), [
    ("op", "Op"), ("op", "Iterable"), ("op", "np"), ("backbone", "Backbone"), ("backbone", "ConvBN"),
    ("backbone", "Residual"), ("loss", "F"), ("lr_schedule", "LrSchedule"), ("exporter", "Path"),
])
def test_a_component_that_its_own_modules_use_is_refused(
    ppclas_project: Callable[..., Any], kind: str, component: str
) -> None:
    outcome = ppclas_project().run("new-plugin", "acme-x", "--kind", kind, "--component", component)
    assert outcome.code == 2
    assert f"the component '{component}' has a name that " in outcome.err


def test_a_component_that_exists_is_refused_with_its_owner(ppclas_project: Callable[..., Any]) -> None:
    outcome = ppclas_project().run("new-plugin", "acme-x", "--kind", "op", "--component", "CropImage")
    assert outcome.code == 2
    assert "op 'CropImage' exists, in ppclas-core 0.1.0" in outcome.err


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_is_written_compiles_and_the_next_step_names_the_folder(
    ppclas_project: Callable[..., Any], kind: str
) -> None:
    project = ppclas_project()
    out = project.run("new-plugin", "acme-x", "--kind", kind).succeeded().out
    modules = list((project.folder / "acme-x").rglob("*.py"))
    assert len(modules) == 4
    for module in modules:
        compile(module.read_text(encoding="utf-8"), str(module), "exec")
    assert "\n  pip install ./acme-x\n" in out
    assert "pip install .\n" in (project.folder / "acme-x" / "README.md").read_text(encoding="utf-8")


def test_a_folder_with_a_blank_is_quoted(ppclas_project: Callable[..., Any], tmp_path: Path) -> None:
    out = ppclas_project().run("new-plugin", "acme-x", "--kind", "op", "--out", "my plugins").succeeded().out
    assert "pip install ./'my plugins/acme-x'\n" in out
    out = ppclas_project().run("new-plugin", "acme-y", "--kind", "op", "--out", str(tmp_path)).succeeded().out
    assert f"pip install {tmp_path / 'acme-y'}\n" in out
