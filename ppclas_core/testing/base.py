# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Base class of the conformance kit: the plugin under test, its records, and one test per record."""

from __future__ import annotations

import importlib
from typing import Any, ClassVar, Dict, List, Mapping, Protocol

import pytest

from ppclas_core.hookspecs import HOOKS
from ppclas_core.plugins.locate import raised_at
from ppclas_core.record_checks import RecordError


class NamedRecord(Protocol):
    """Record of any kind."""

    @property
    def name(self) -> str:
        """Name in the catalogue."""


class Conformance:
    """Base class of the conformance tests.

    Attributes for the subclass:
        plugin: module of the entry point, e.g. "my_package.plugin".
        params: component name -> constructor parameters; needed for those without a default.
    """

    plugin: ClassVar[str]
    kind: ClassVar[str]
    params: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    @classmethod
    def records(cls) -> List[Any]:
        """Return the plugin's records of this kind."""
        hook = getattr(importlib.import_module(cls.plugin), HOOKS[cls.kind][0], None)
        return list(hook()) if hook else []

    def build_params(self, record: NamedRecord) -> Dict[str, Any]:
        """Return the parameters to build a record with."""
        return dict(self.params.get(record.name, {}))

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Parametrize each test that has the argument `record`."""
        if "record" in metafunc.fixturenames:
            try:
                records = self.records()
            except RecordError as error:  # the line of the record, in place of a traceback
                where = raised_at(error, self.plugin.partition(".")[0])
                raise pytest.Collector.CollectError(f"{where}: {error}") from None
            metafunc.parametrize("record", records, ids=[record.name for record in records], scope="class")

    def test_the_plugin_provides_at_least_one_record(self) -> None:
        """A function without @hookimpl would be ignored silently."""
        module = importlib.import_module(self.plugin)
        hook = getattr(module, HOOKS[self.kind][0], None)
        assert hook is not None, f"{self.plugin} has no {HOOKS[self.kind][0]}"
        assert getattr(hook, "ppclas_impl", None), f"{HOOKS[self.kind][0]} lacks @hookimpl"
        assert self.records()
