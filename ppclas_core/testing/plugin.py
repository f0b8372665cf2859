# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance tests of a plugin as a whole: light import, existing targets, documented names."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from typing import Any, ClassVar, Iterator, List, Tuple

from ppclas_core.hookspecs import HOOKS
from ppclas_core.plugins import signature
from ppclas_core.plugins.catalogue import resolve
from ppclas_core.plugins.check import signature_problems, targets
from ppclas_core.plugins.import_probe import measure_imports
from ppclas_core.plugins.locate import defined_at


def records_of(plugin: str) -> List[Tuple[str, Any]]:
    """Return the records of a plugin's module with their kinds."""
    module = importlib.import_module(plugin)
    return [(kind, record) for kind, (hook, _) in HOOKS.items() if hasattr(module, hook)
            for record in getattr(module, hook)()]


class PluginConformance:
    """Tests of a plugin; subclasses set `plugin`, and `readme` if README.md is not beside the folder of the tests."""

    plugin: ClassVar[str]
    readme: ClassVar[str] = ""

    def _records(self) -> List[Tuple[str, Any]]:
        return records_of(self.plugin)

    def _targets(self) -> Iterator[str]:
        yield from sorted({target for _, record in self._records() for _, target in targets(record)})

    def test_importing_the_plugin_imports_nothing_heavy(self) -> None:
        """Plugin modules import only ppclas_core.api, so that `ppclas list` is fast."""
        (report,) = measure_imports([self.plugin])
        assert report.heavy == ()

    def test_importing_the_plugin_prints_nothing(self) -> None:
        """Standard output has the results of commands, such as `--json`."""
        (report,) = measure_imports([self.plugin])
        assert report.output == ""

    def test_every_record_is_of_its_class_and_named_uniquely(self) -> None:
        """Names and aliases consist of letters, digits, underscores, dots and dashes."""
        records = self._records()
        assert records, "no record at all"
        builtin = {(kind, name) for kind, record in records_of("ppclas_core.builtin")
                   for name in (record.name, *getattr(record, "aliases", ()))}
        seen = set()
        for kind, record in records:
            assert isinstance(record, HOOKS[kind][1])
            for name in (record.name, *getattr(record, "aliases", ())):
                assert kind == "config_dir" or re.fullmatch(r"[A-Za-z0-9_.-]+", name), name
                assert (kind, name) not in seen, f"{kind} '{name}' is given twice"
                assert (kind, name) not in builtin, f"{kind} '{name}' has the name of a built-in"
                seen.add((kind, name))

    def test_every_target_exists_and_spells_out_its_parameters(self) -> None:
        """`*args` and `**kwargs` accept misspelled keys; mutable defaults persist between calls."""
        for target in self._targets():
            value = resolve(target, owner=self.plugin)
            for parameter in signature.parameters(value).values():
                assert not isinstance(parameter.default, (list, dict, set)), f"{target}: {parameter.name} is mutable"

    def test_every_parameter_has_a_type_hint_that_configs_can_fulfil(self) -> None:
        """Values of a config are converted to the type hints."""
        for kind, record in self._records():
            for field, target in targets(record):
                value = resolve(target, owner=self.plugin)
                problems = signature_problems(kind, record, field, value)
                assert not problems, f"{defined_at(value)}: {problems[0]}"

    def test_every_target_is_documented(self) -> None:
        """The docstring is the documentation of the component."""
        for target in self._targets():
            assert inspect.getdoc(resolve(target, owner=self.plugin)), f"{target} has no docstring"

    def test_the_readme_names_every_component(self) -> None:
        """Users find components in the README."""
        # located from the tests, as an installed module has no README beside it
        path = Path(self.readme or Path(inspect.getfile(type(self))).resolve().parents[1] / "README.md")
        text = path.read_text(encoding="utf-8")
        missing = [record.name for kind, record in self._records() if kind != "config_dir" and record.name not in text]
        assert not missing, f"{path} does not name {missing}"
