# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Load the plugins one at a time; one that fails becomes a `PluginFailure` and the others go on."""

from __future__ import annotations

import importlib
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Dict, Iterable, List, Tuple

import pluggy

import ppclas_core
from ppclas_core import hookspecs
from ppclas_core.api import Op
from ppclas_core.errors import UserError
from ppclas_core.plugins.discover import Found, PluginFailure, chosen, find, gate

CORE = "ppclas-core"


@dataclass
class LoadedPlugin:
    """A plugin that is in use, and the records it gave.

    Args:
        dist, version: distribution (a one-file plugin: its file name, "").
        entry: entry-point name.
        hooks: names of the hooks that it implements.
        records: (kind, record) pairs.
    """

    dist: str
    version: str
    entry: str
    hooks: List[str] = field(default_factory=list)
    records: List[Tuple[str, Any]] = field(default_factory=list)


class Loader:
    """Runs the phases api, requires, import, register, call, record for each plugin.

    With `PPCLAS_STRICT_PLUGINS=1` the first failure raises instead.
    """

    def __init__(self) -> None:
        self.loaded: List[LoadedPlugin] = []
        self.failures: List[PluginFailure] = []
        self.disabled: List[Found] = []
        self._manager = pluggy.PluginManager("ppclas")
        self._manager.add_hookspecs(hookspecs)
        self._strict = os.environ.get("PPCLAS_STRICT_PLUGINS", "") not in ("", "0")
        self._trace = os.environ.get("PPCLAS_TRACE_PLUGINS", "") not in ("", "0")

    def load_installed(self) -> None:
        """Core's own records, then every installed plugin."""
        self._load_module(Found(CORE, ppclas_core.__version__, "", "core", "ppclas_core.builtin"))
        for found in find():
            if not chosen(found):
                self.disabled.append(found)
                continue
            phase, error = gate(found, ppclas_core.__version__)
            if phase:
                self._fail(found, phase, error)
            elif found.kind == "plugin":
                self._load_module(found)
            else:
                self._load_direct(found)

    def load_file(self, path: Path) -> None:
        """One-file plugin: a module with `@hookimpl` functions, whose targets are written `name:attr`.

        Raises:
            UserError: the file does not exist or fails; a plugin that is named must load.
        """
        if not path.is_file():
            raise UserError(f"no such plugin file: {path}", do="a path in `plugins:` is relative to its config")
        import importlib.util

        name = path.stem
        if name in sys.modules and getattr(sys.modules[name], "__file__", None) != str(path):
            raise UserError(f"plugin file {path} has the name of the module '{name}'", do="rename the file")
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # targets "name:attr" are imported from here
        count = len(self.failures)
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            sys.modules.pop(name, None)
            raise UserError(f"{type(error).__name__}: {error}", where=str(path)) from error
        self._register(Found(path.name, "", "", path.name, name), module)
        if len(self.failures) > count:
            failure = self.failures[-1]
            raise UserError(f"{failure.phase}: {failure.error}", where=str(path))

    def _load_module(self, found: Found) -> None:
        try:
            module = importlib.import_module(found.value.split(":")[0])
        except Exception as error:
            self._fail(found, "import", f"{type(error).__name__}: {error}", error)
            return
        self._register(found, module)

    def _register(self, found: Found, module: ModuleType) -> None:
        label = f"{found.dist}:{found.name}"
        try:
            self._manager.register(module, name=label)
            self._check_pending(module)
        except Exception as error:
            self._manager.unregister(module) if self._manager.is_registered(module) else None
            self._fail(found, "register", " ".join(str(error).split()), error)
            return
        plugin = LoadedPlugin(found.dist, found.version, found.name)
        for kind, (hook_name, record_class) in hookspecs.HOOKS.items():
            for impl in getattr(self._manager.hook, hook_name).get_hookimpls():
                if impl.plugin is module:
                    plugin.hooks.append(hook_name)
                    self._call(found, plugin, kind, record_class, impl.function)
        if not plugin.hooks:
            self._fail(found, "register", "no function carries @hookimpl")
            return
        self.loaded.append(plugin)

    def _check_pending(self, module: ModuleType) -> None:
        unknown = [
            name
            for name in vars(module)
            if name.startswith("ppclas_") and self._manager.parse_hookimpl_opts(module, name) is not None
            and name not in {hook for hook, _ in hookspecs.HOOKS.values()}
        ]
        if unknown:
            raise ValueError(f"unknown hook '{unknown[0]}'")

    def _call(self, found: Found, plugin: LoadedPlugin, kind: str, record_class: Any, function: Any) -> None:
        hook = hookspecs.HOOKS[kind][0]
        try:
            records: Iterable[Any] = list(function())
        except Exception as error:
            self._fail(found, "call", f"{hook}() raised {type(error).__name__}: {error}", error)
            return
        if self._trace:
            names = ", ".join(str(getattr(record, "name", record)) for record in records)
            print(f"trace: {found.dist} {hook}() -> [{names}]", file=sys.stderr)
        names_seen: Dict[str, None] = {}
        for record in records:
            if not isinstance(record, record_class):
                self._fail(found, "record", f"{hook}() gave {record!r}, not a {record_class.__name__}")
            elif record.name in names_seen:
                self._fail(found, "record", f"{hook}() gives '{record.name}' twice")
            else:
                names_seen[record.name] = None
                plugin.records.append((kind, record))

    def _load_direct(self, found: Found) -> None:
        """A class registered by entry point alone: its record is completed from `ppclas_spec` when it is built."""
        record_class = hookspecs.HOOKS[found.kind][1]
        defaults: Dict[str, Any] = {"name": found.name, "target": found.value.replace(" ", "")}
        if found.kind == "backbone":
            defaults["family"] = found.dist
        if found.kind == "exporter":
            defaults["load"] = f"{defaults['target']}.load"
        if record_class is Op:
            defaults.update(layouts=("HWC", "CHW"))
        plugin = LoadedPlugin(found.dist, found.version, found.name, [found.group])
        plugin.records.append((found.kind, record_class(**defaults)))
        self.loaded.append(plugin)

    def _fail(self, found: Found, phase: str, error: str, cause: Exception | None = None) -> None:
        failure = PluginFailure(found.dist, found.version, phase, error)
        if self._strict:
            raise RuntimeError(str(failure)) from cause
        self.failures.append(failure)
