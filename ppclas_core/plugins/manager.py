# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Loader of plugins: a plugin that fails becomes a `PluginFailure`, and the others still load."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import logging
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Tuple

import pluggy

import ppclas_core
from ppclas_core import hookspecs
from ppclas_core.api import Op, hookimpl
from ppclas_core.errors import PluginError, UserError, did_you_mean
from ppclas_core.plugins.discover import Found, PluginFailure, chosen, find, gate, unknown_choices
from ppclas_core.plugins.fixes import how_to_fix
from ppclas_core.plugins.locate import defined_at, raised_at
from ppclas_core.plugins.one_file import check_plugin_file
from ppclas_core.plugins.ownership import CORE, describe, quiet
from ppclas_core.record_checks import RecordError, short_repr
from ppclas_core.system.logging_setup import add_package

if TYPE_CHECKING:
    from pluggy import HookimplOpts

_log = logging.getLogger(__name__)


@dataclass(eq=False, repr=False)  # neither is used, and compiling both takes a millisecond of every start
class LoadedPlugin:
    """A loaded plugin and its records.

    Args:
        dist, version: distribution; for a one-file plugin the file name and "".
        entry: name of the entry point.
        hooks: names of the implemented hooks.
        records: (kind, record) pairs.
        module: module of the entry point.
    """

    dist: str
    version: str
    entry: str
    hooks: List[str] = field(default_factory=list)
    records: List[Tuple[str, Any]] = field(default_factory=list)
    module: str = ""


_MARK = f"{hookimpl.project_name}_impl"
"""Attribute that the decorator `hookimpl` sets, with the options of the implementation."""


class _HookManager(pluggy.PluginManager):
    """Plugin manager of pluggy that examines only the marked functions of a module, which takes a third of the time."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Optional[HookimplOpts]:
        """Return the options of a hook implementation; None for any other attribute."""
        value = vars(plugin).get(name)
        options: Optional[HookimplOpts] = getattr(value, _MARK) if is_marked(value) else None
        return options


def is_marked(value: object) -> bool:
    """Return whether a value is a function with the decorator `hookimpl`."""
    return isinstance(value, (FunctionType, MethodType)) and hasattr(value, _MARK)


class Loader:
    """Loader that runs the phases api, requires, import, register, call and record for each plugin.

    All exceptions of a plugin except Ctrl-C are contained, also `SystemExit`. With `PPCLAS_STRICT_PLUGINS=1` the first
    failure raises a `PluginError` instead.
    """

    def __init__(self) -> None:
        self.loaded: List[LoadedPlugin] = []
        self.failures: List[PluginFailure] = []
        self.disabled: List[Found] = []
        self.unknown_choices: List[str] = []
        self._files: Dict[Path, bytes] = {}
        self._manager = _HookManager("ppclas")
        self._manager.add_hookspecs(hookspecs)
        self._hooks = {hook: kind for kind, hook, _ in hookspecs.all_hooks()}
        self._strict = os.environ.get("PPCLAS_STRICT_PLUGINS", "") not in ("", "0")
        self._trace = os.environ.get("PPCLAS_TRACE_PLUGINS", "") not in ("", "0")

    @property
    def files(self) -> List[Path]:
        """Absolute paths of the loaded one-file plugins."""
        return list(self._files)

    def load_installed(self) -> None:
        """Load core's own records, then every installed plugin."""
        self._load_module(Found(CORE, ppclas_core.__version__, "", "core", "ppclas_core.builtin"))
        installed = find()
        self.unknown_choices = unknown_choices(installed)
        for found in installed:
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

    def load_file(self, path: Path) -> Optional[LoadedPlugin]:
        """Load a one-file plugin: a module with `@hookimpl` functions and targets of the form `name:attr`.

        Returns:
            The plugin; None if the file, or a copy with the same name, is already loaded.

        Raises:
            UserError: the file does not exist or fails to load.
        """
        if not path.is_file():
            raise UserError(f"no such plugin file: {path}",
                            do="--plugin takes a path relative to the working directory; a path in `plugins:` is "
                            "relative to its config")
        path = Path(os.path.abspath(path))
        content = path.read_bytes()
        if path in self._files or any(path.name == other.name and content == known
                                      for other, known in self._files.items()):
            return None
        check_plugin_file(path)
        name, count = path.stem, len(self.failures)
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # targets "name:attr" are imported from it
        found = Found(path.name, "", "", path.name, name)
        try:
            with quiet():
                spec.loader.exec_module(module)
            self._register(found, module)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            sys.modules.pop(name, None)
            raise UserError(describe(error), where=_in_file(path, raised_at(error, name))) from error
        if len(self.failures) > count:
            self._forget(found, module)
            failure = self.failures.pop()
            del self.failures[count:]
            raise UserError(f"{failure.phase}: {failure.error}", where=_in_file(path, failure.where))
        self._files[path] = content
        return self.loaded[-1]

    def _forget(self, found: Found, module: ModuleType) -> None:
        """Undo the registration of a one-file plugin that failed."""
        sys.modules.pop(found.value, None)
        if self._manager.is_registered(module):
            self._manager.unregister(module)
        self.loaded = [plugin for plugin in self.loaded if plugin.dist != found.dist or plugin.version]

    def _load_module(self, found: Found) -> None:
        try:
            with quiet():
                module = importlib.import_module(found.value.split(":")[0])
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self._fail(found, "record" if isinstance(error, RecordError) else "import", describe(error), error)
            return
        self._register(found, module)

    def _register(self, found: Found, module: ModuleType) -> None:
        label = f"{found.dist}:{found.name}"
        try:
            if self._manager.is_registered(module):
                raise ValueError(f"the module '{found.value}' is already registered by another entry point")
            self._check_hooks(module)
            with _owned_warnings(found):
                self._manager.register(module, name=label)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self._fail(found, "register", " ".join(str(error).split()) or describe(error), error)
            return
        count = len(self.failures)
        self._check_marks(found, module)
        plugin = LoadedPlugin(found.dist, found.version, found.name, module=found.value.partition(":")[0])
        for hook_name, kind in self._hooks.items():
            for impl in getattr(self._manager.hook, hook_name).get_hookimpls():
                if impl.plugin is module:
                    plugin.hooks.append(hook_name)
                    self._call(found, plugin, kind, hook_name, impl.function)
        if not plugin.hooks:
            if len(self.failures) == count:
                self._fail(found, "register", "no function has the decorator @hookimpl")
            return
        self._use(plugin, found)

    def _check_hooks(self, module: ModuleType) -> None:
        """Raise ValueError for a hook implementation whose name is no hook, or that takes arguments."""
        for name, function in list(vars(module).items()):
            if not name.startswith("ppclas_") or not is_marked(function):
                continue
            if name not in self._hooks:
                raise ValueError(f"unknown hook '{name}'.{did_you_mean(name, self._hooks)}")
            if isinstance(function, FunctionType) and function.__code__.co_argcount:
                raise ValueError(f"{defined_at(function)}: {name}() takes arguments; a hook has none")

    def _check_marks(self, found: Found, module: ModuleType) -> None:
        """Report each function with the name of a hook that lacks the decorator; pluggy ignores it."""
        for hook in self._hooks:
            function = vars(module).get(hook)
            if isinstance(function, FunctionType) and not is_marked(function):
                self._fail(found, "register", f"{hook}() has no decorator @hookimpl", where=defined_at(function))

    def _call(self, found: Found, plugin: LoadedPlugin, kind: str, hook: str,
              function: Callable[[], Iterable[Any]]) -> None:
        try:
            with quiet():
                returned: object = function()
                records = list(returned) if isinstance(returned, Iterable) else None
        except KeyboardInterrupt:
            raise
        except RecordError as error:
            self._fail(found, "record", f"{hook}(): {describe(error)}", error)
            return
        except BaseException as error:
            self._fail(found, "call", f"{hook}() raised {describe(error)}", error)
            return
        if records is None:
            self._fail(found, "record", f"{hook}() returned {short_repr(returned)}; it must return a list of records",
                       where=defined_at(function))
            return
        if self._trace:
            names = ", ".join(str(getattr(record, "name", record)) for record in records)
            _log.warning("trace: %s %s() -> [%s]", found.dist, hook, names)  # a warning, to be shown in library use too
        self._take(found, plugin, kind, hook, records, function)

    def _take(self, found: Found, plugin: LoadedPlugin, kind: str, hook: str, records: Iterable[Any],
              function: Callable[[], Iterable[Any]]) -> None:
        """Add the records of a hook; report items that are no records of its kind, and names that occur twice."""
        record_class = hookspecs.HOOKS[kind][1]
        seen: Dict[str, None] = {}
        for record in records:
            problem = ""
            if not isinstance(record, record_class):
                problem = f"returned {short_repr(record)}; it must return {record_class.__name__} records"
            elif getattr(record, "target", "x") == "":
                problem = f"returned {record_class.__name__} '{record.name}' without a target"
            elif record.name in seen:
                problem = f"returned the name '{record.name}' twice"
            if problem:
                self._fail(found, "record", f"{hook}() {problem}", where=defined_at(function))
                continue
            seen[record.name] = None
            plugin.records.append((kind, record))

    def _load_direct(self, found: Found) -> None:
        """Add a class that is registered by entry point only; `ppclas_spec` completes its record at construction."""
        record_class = hookspecs.HOOKS[found.kind][1]
        defaults: Dict[str, Any] = {"name": found.name, "target": found.value.replace(" ", "")}
        if found.kind == "backbone":
            defaults["family"] = found.dist
        if found.kind == "exporter":
            defaults["load"] = f"{defaults['target']}.load"
        if record_class is Op:
            defaults.update(layouts=("HWC", "CHW"))
        plugin = LoadedPlugin(found.dist, found.version, found.name, [found.group])
        try:
            plugin.records.append((found.kind, record_class(**defaults)))
        except RecordError as error:
            self._fail(found, "record", f"entry point '{found.name} = {found.value}': {describe(error)}", error)
            return
        self._use(plugin, found)

    def _use(self, plugin: LoadedPlugin, found: Found) -> None:
        self.loaded.append(plugin)
        add_package(found.value.partition(":")[0])

    def _fail(self, found: Found, phase: str, error: str, cause: Optional[BaseException] = None, *,
              where: str = "") -> None:
        if cause is not None:
            where = raised_at(cause, found.value.partition(":")[0].partition(".")[0])
        failure = PluginFailure(found.dist, found.version, phase, error, where, how_to_fix(found, phase, cause))
        if self._strict:
            raise PluginError(str(failure), do="PPCLAS_STRICT_PLUGINS=1 makes this an error; unset it to continue "
                              "without the plugin") from cause
        self.failures.append(failure)


def _in_file(path: Path, where: str) -> str:
    """Return the path of a one-file plugin, with the line of a location if there is one."""
    line = where.rpartition(":")[2]
    return f"{path}:{line}" if line else str(path)


@contextlib.contextmanager
def _owned_warnings(found: Found) -> Iterator[None]:
    """Add the plugin to the text of the warnings that pluggy gives for its deprecated hooks."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for each in caught:
        label = f"{found.dist} {found.version}".strip()
        warnings.warn_explicit(f"plugin {label}: {each.message}", each.category, each.filename, each.lineno)
