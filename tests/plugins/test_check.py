# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas plugins --check`: targets, signatures, imports and entry-point groups; imports are measured by a stub."""

from __future__ import annotations

from typing import Any, List, Sequence

import pytest

from ppclas_core.api import Exporter, Op
from ppclas_core.plugins.check import import_problems, signature_problems, target_problems
from ppclas_core.plugins.discover import unknown_groups
from ppclas_core.plugins.distributions import Distribution
from ppclas_core.plugins.import_probe import ImportReport

HEAD = "from ppclas_core.api import Backbone, Exporter, Op, hookimpl\n@hookimpl\n"


def test_targets_of_runtimes_and_of_names_of_weights_are_checked_too(install: Any, load: Any) -> None:
    install("acme", HEAD + "def ppclas_exporters():\n"
            "    return [Exporter('x', 'acme_pkg.op:Echo', 'acme_pkg.op:gone')]\n@hookimpl\ndef ppclas_backbones():\n"
            "    return [Backbone('X', 'acme_pkg.op:Echo', 'X', weight_names='acme_pkg.nowhere:names')]")
    told = [line for line in target_problems(load()) if "acme" in line]
    assert [line.splitlines()[0].partition(" has the target ")[2].split(",")[0] for line in told] == [
        "'acme_pkg.nowhere:names'", "'acme_pkg.op:gone'"]


def test_a_signature_that_is_no_schema_is_located(install: Any, load: Any) -> None:
    install("acme", files={"op.py": "class Echo:\n    def __init__(self, size, **rest):\n        pass\n"})
    told = [line.splitlines()[0] for line in target_problems(load()) if "acme" in line]
    start = "plugin acme 1.0: op 'Echo': acme_pkg/op.py:1:"
    assert told == [f"{start} parameter 'size' has no type hint, so values of a config are not converted",
                    f"{start} it takes **rest, so misspelled keys of a config would be accepted"]


def load_bundle(folder, *, threads: int = 1) -> None:  # type: ignore[no-untyped-def]  # the caller supplies the folder
    """Load."""


def test_parameters_that_the_caller_supplies_need_no_type_hint() -> None:
    record = Exporter("x", "a:b", "a:c")
    assert signature_problems("exporter", record, "load", load_bundle) == []
    assert len(signature_problems("op", Op("x", "a:b"), "target", load_bundle)) == 1


def test_a_plugin_whose_import_is_slow_prints_or_is_heavy_is_named(install: Any, load: Any) -> None:
    install("acme")
    install("acme-light")

    def measure(modules: Sequence[str]) -> List[ImportReport]:
        assert {"acme_pkg.plugin", "acme_light_pkg.plugin"} <= set(modules)
        assert "ppclas_core.builtin" not in modules
        return [ImportReport("acme_pkg.plugin", 0.25, "noise\n", ("paddle", "cv2")),
                ImportReport("acme_light_pkg.plugin", 0.09, "", ())]

    told = [line.splitlines()[0] for line in import_problems(load().plugins, measure)]
    start = "plugin acme 1.0: importing acme_pkg.plugin"
    assert told == [f"{start} also imports paddle, cv2, which every command waits for",
                    f"{start} takes 250 ms; every command waits for it (limit 100 ms)", f"{start} prints 'noise'"]


def test_a_class_that_an_entry_point_names_is_not_measured(install: Any, load: Any) -> None:
    install("acme", group="ppclas.ops", value="acme_pkg.op:Echo")

    def measure(modules: Sequence[str]) -> List[ImportReport]:
        assert "acme_pkg.op" not in modules
        return []

    assert import_problems(load().plugins, measure) == []


def test_groups_that_are_almost_right_are_named(install: Any) -> None:
    for number, group in enumerate(["ppclas.plugins", "ppclas.plugin.v1", "ppclas_plugins.v1", "PPCLAS.plugins.v1"]):
        install(f"acme-{number}", group=group)
    for name, group in (("fine", "ppclas.ops"), ("later", "ppclas.plugins.v2"), ("own", "ppclas_acme.hooks"),
                        ("foreign", "console_scripts")):
        install(name, group=group)
    told = unknown_groups()
    assert [line.split(":")[0] for line in told] == [f"plugin acme-{number} 1.0" for number in range(4)]
    assert all('write [project.entry-points."ppclas.plugins.v1"]' in line for line in told)


def test_a_fault_of_another_import_system_hides_no_group(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> str:
        raise KeyError(name)

    near = Distribution("acme-1.0.dist-info", lambda name: "[ppclas.plugins]\nacme = acme.plugin\n")
    monkeypatch.setattr("ppclas_core.plugins.discover.distributions", lambda: [Distribution("", broken), near])
    assert ["'ppclas.plugins' is unknown" in line for line in unknown_groups()] == [True]
