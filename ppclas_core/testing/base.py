# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What every class of the kit shares: the plugin under test, its records, one test per record."""

from __future__ import annotations

import importlib
from typing import Any, ClassVar, Dict, List, Mapping

from ppclas_core.hookspecs import HOOKS


class Conformance:
    """Base of the kit.

    Attributes for the subclass:
        plugin: the module that the entry point names, e.g. "my_package.plugin".
        params: component name -> parameters to build it with, where it has required ones.
    """

    plugin: ClassVar[str]
    kind: ClassVar[str]
    params: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    @classmethod
    def records(cls) -> List[Any]:
        """The records of this kind that the plugin gives."""
        hook = getattr(importlib.import_module(cls.plugin), HOOKS[cls.kind][0], None)
        return list(hook()) if hook else []

    def build_params(self, record: Any) -> Dict[str, Any]:
        """Parameters for one record."""
        return dict(self.params.get(record.name, {}))

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Parametrise each test of the class that takes `record`."""
        if "record" in metafunc.fixturenames:
            records = self.records()
            metafunc.parametrize("record", records, ids=[record.name for record in records], scope="class")

    def test_the_plugin_provides_at_least_one_record(self) -> None:
        """A function without @hookimpl would be ignored in silence."""
        module = importlib.import_module(self.plugin)
        hook = getattr(module, HOOKS[self.kind][0], None)
        assert hook is not None, f"{self.plugin} has no {HOOKS[self.kind][0]}"
        assert getattr(hook, "ppclas_impl", None), f"{HOOKS[self.kind][0]} lacks @hookimpl"
        assert self.records()
