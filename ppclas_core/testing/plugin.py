# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance tests of a plugin as a whole: light import, existing targets, documented names."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar, Iterator, List, Tuple

from ppclas_core.hookspecs import HOOKS
from ppclas_core.plugins import signature
from ppclas_core.plugins.catalogue import resolve

HEAVY = ("paddle", "cv2", "numpy", "PIL", "pydantic", "rich")


class PluginConformance:
    """Tests of a plugin; subclasses set `plugin`, and `readme` if README.md is not beside the folder of the tests."""

    plugin: ClassVar[str]
    readme: ClassVar[str] = ""

    def _records(self) -> List[Tuple[str, Any]]:
        module = importlib.import_module(self.plugin)
        return [(kind, record) for kind, (hook, _) in HOOKS.items() if hasattr(module, hook)
                for record in getattr(module, hook)()]

    def _targets(self) -> Iterator[Tuple[str, str, str]]:
        for kind, record in self._records():
            for attribute in ("target", "load", "weight_names"):
                if getattr(record, attribute, ""):
                    yield kind, record.name, getattr(record, attribute)

    def test_importing_the_plugin_imports_nothing_heavy(self) -> None:
        """Plugin modules import only ppclas_core.api, so that `ppclas list` is fast."""
        code = (f"import sys, {self.plugin} as plugin\n"
                f"from ppclas_core.hookspecs import HOOKS\n"
                f"[list(getattr(plugin, hook)()) for hook, _ in HOOKS.values() if hasattr(plugin, hook)]\n"
                f"print([name for name in {HEAVY!r} if name in sys.modules])")
        output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        assert output.strip() == "[]"

    def test_every_record_is_of_its_class_and_named_uniquely(self) -> None:
        """Names and aliases consist of letters, digits, underscores, dots and dashes."""
        records = self._records()
        assert records, "no record at all"
        seen = set()
        for kind, record in records:
            assert isinstance(record, HOOKS[kind][1])
            for name in (record.name, *getattr(record, "aliases", ())):
                assert kind == "config_dir" or re.fullmatch(r"[A-Za-z0-9_.-]+", name), name
                assert (kind, name) not in seen, f"{kind} '{name}' is given twice"
                seen.add((kind, name))

    def test_every_target_exists_and_spells_out_its_parameters(self) -> None:
        """`*args` and `**kwargs` accept misspelled keys; mutable defaults persist between calls."""
        for target in sorted({target for _, _, target in self._targets()}):
            value = resolve(target, owner=self.plugin)
            for parameter in signature.parameters(value).values():
                assert not isinstance(parameter.default, (list, dict, set)), f"{target}: {parameter.name} is mutable"

    def test_every_target_is_documented(self) -> None:
        """The docstring is the documentation of the component."""
        for target in sorted({target for _, _, target in self._targets()}):
            assert inspect.getdoc(resolve(target, owner=self.plugin)), f"{target} has no docstring"

    def test_the_readme_names_every_component(self) -> None:
        """Users find components in the README."""
        # located from the tests, as an installed module has no README beside it
        path = Path(self.readme or Path(inspect.getfile(type(self))).resolve().parents[1] / "README.md")
        text = path.read_text(encoding="utf-8")
        missing = [record.name for kind, record in self._records() if kind != "config_dir" and record.name not in text]
        assert not missing, f"{path} does not name {missing}"
