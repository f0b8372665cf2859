# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Catalogue of components: lookup by kind and name, and construction, with suggestions and install hints."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import logging
from pathlib import Path
from typing import (
    Any,
    Callable,
    ContextManager,
    Dict,
    Iterable,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
    Union,
)

from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.hookspecs import HOOKS
from ppclas_core.plugins import signature
from ppclas_core.plugins.discover import DIRECT_GROUPS, Found, PluginFailure, canonical
from ppclas_core.plugins.install import how_to_install, missing_library
from ppclas_core.plugins.manager import LoadedPlugin, Loader
from ppclas_core.plugins.ownership import REGISTERED, Owner, owned_by, quiet
from ppclas_core.system.rank import rank_from_environment
from ppclas_core.system.text import one_line

_log = logging.getLogger(__name__)

SUPPLIED_PARAMETERS = {"lr_schedule": ("epochs", "step_each_epoch"), "exporter": ("request",), "reader": ("request",),
                     "optimizer": ("parameters", "grad_clip", "regularizer", "no_decay"),
                     "metric": ("num_classes", "topk", "threshold")}
"""Kind -> parameters of targets that the caller supplies and a config cannot set."""
INTERFACES = {"backbone": ("forward", "train"), "op": ("__call__",), "loss": ("__call__",),
              "lr_schedule": ("__call__",), "optimizer": ("set_lr", "step"), "metric": ("update", "compute", "state"),
              "callback": ("on_train_begin", "changes_layers")}
"""Kind -> attributes that every component of the kind has; the base classes have more."""


class Entry(NamedTuple):
    """One record and the plugin that owns it.

    Args:
        kind: kind of the record, e.g. `op`.
        record: record of `ppclas_core.api`; its class depends on the kind.
        dist: distribution, or the file name of a one-file plugin, or `REGISTERED`.
        version: version of the distribution; else "".
    """

    kind: str
    record: Any
    dist: str
    version: str

    @property
    def owner(self) -> str:
        """Distribution and version, e.g. `ppclas-models-mobile 0.1.0`."""
        return f"{self.dist} {self.version}".strip()

    @property
    def component(self) -> Owner:
        """Component and distribution, for errors."""
        return Owner(self.dist, self.version, f"{_word(self.kind)} '{self.record.name}'")


class Catalogue:
    """All records of all loaded plugins; the only global state of the project (see `catalogue()`)."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._index: Dict[Tuple[str, str], List[Entry]] = {}
        for plugin in loader.loaded:
            self._add(plugin)

    @property
    def plugins(self) -> List[LoadedPlugin]:
        """Plugins in use, core first."""
        return self._loader.loaded

    @property
    def failures(self) -> List[PluginFailure]:
        """Plugins and single records that failed to load."""
        return self._loader.failures

    @property
    def disabled(self) -> List[Found]:
        """Entry points that the environment variables disable."""
        return self._loader.disabled

    @property
    def unknown_choices(self) -> List[str]:
        """Names in `PPCLAS_PLUGINS` and `PPCLAS_DISABLE_PLUGINS` that no plugin has, one line each."""
        return self._loader.unknown_choices

    @property
    def files(self) -> List[Path]:
        """Absolute paths of the one-file plugins in use."""
        return self._loader.files

    def load_file(self, path: Path) -> None:
        """Add a one-file plugin; a file that is already loaded is skipped."""
        plugin = self._loader.load_file(path)
        if plugin is not None:
            for kind, record in plugin.records:
                self._forget_registered(kind, record.name)  # moved to the file
            self._add(plugin)

    def register(self, kind: str, record: Any) -> None:  # noqa: ANN401  # Any: the kind decides the class
        """Add a record for this process; it replaces the record of the same name that was registered before.

        Raises:
            UserError: a plugin, or another registered record, has one of its names.
        """
        for name in (record.name, *getattr(record, "aliases", ())):
            for entry in self._index.get((kind, name), ()):
                if entry.dist != REGISTERED:
                    raise UserError(f"{_word(kind)} '{name}' belongs to {entry.owner}",
                                    do=f"choose another name; '{entry.dist}:{name}' is the one of {entry.dist}")
                if entry.record.name != record.name:
                    raise UserError(f"{_word(kind)} '{entry.record.name}' is registered and has the alias '{name}'",
                                    do="choose another name")
        self._forget_registered(kind, record.name)
        if not any(plugin.dist == REGISTERED for plugin in self.plugins):
            self.plugins.append(LoadedPlugin(REGISTERED, "", "register"))
        next(plugin for plugin in self.plugins if plugin.dist == REGISTERED).records.append((kind, record))
        self._add_record(Entry(kind, record, REGISTERED, ""))

    def entries(self, kind: str) -> List[Entry]:
        """Return all records of a kind in plugin order; a name that two plugins provide occurs twice."""
        return [Entry(kind, record, plugin.dist, plugin.version)
                for plugin in self.plugins for found, record in plugin.records if found == kind]

    def names(self, kind: str) -> List[str]:
        """Return the sorted names of a kind, without aliases."""
        return sorted({entry.record.name for entry in self.entries(kind)})

    def conflicts(self) -> List[str]:
        """Return one line for each name that two plugins provide."""
        lines = []
        for (kind, name), entries in sorted(self._index.items()):
            if len({entry.dist for entry in entries}) > 1:
                owners = " and ".join(entry.owner for entry in entries)
                lines.append(f"{kind} '{name}' is provided by two plugins: {owners}")
        return lines

    def find(self, kind: str, name: str) -> Entry:
        """Return the entry with the name, alias or `dist:name`.

        Raises:
            UserError: the name is unknown (the error suggests a name or a distribution and lists failed plugins), or
                two plugins provide it.
        """
        if kind not in HOOKS:
            raise UserError(f"unknown kind '{kind}'.{did_you_mean(kind, HOOKS)}", do=f"one of: {', '.join(HOOKS)}")
        dist, _, bare = name.rpartition(":")
        entries = self._index.get((kind, bare), [])
        if dist:
            entries = [entry for entry in entries if canonical(entry.dist) == canonical(dist)]
        if not entries:
            raise self._unknown(kind, name)
        if len({entry.dist for entry in entries}) > 1:
            owners = " and ".join(entry.owner for entry in entries)
            raise UserError(f"{_word(kind)} '{name}' is provided by two plugins: {owners}",
                            do=f"write '{entries[0].dist}:{bare}' or '{entries[1].dist}:{bare}'")
        return entries[0]

    def target(self, entry: Entry) -> Callable[..., Any]:
        """Import the target of a record.

        Raises:
            UserError: the import fails; a missing library is named with the command that installs it. Or the record is
                registered in one of several processes.
        """
        if entry.dist == REGISTERED and rank_from_environment().world > 1:
            raise entry.component.absent_in("training with several processes")
        return resolve(entry.record.target, owner=entry.component)

    def calling(self, kind: str, name: str) -> ContextManager[None]:
        """Return a context for calls of a component; its exceptions are converted to name component and plugin."""
        return owned_by(lambda: self.owner(kind, name))

    def calling_object(self, kind: str, component: object) -> ContextManager[None]:
        """Return the context of `calling` for an object that a component's target built."""
        return owned_by(lambda: self.owner_of(kind, component))

    def owner(self, kind: str, name: str) -> Optional[Owner]:
        """Return a component and its plugin; None for a name that is unknown or has two owners."""
        try:
            return self.find(kind, name).component
        except UserError:
            return None

    def owner_of(self, kind: str, component: object) -> Optional[Owner]:
        """Return the owner of an object that a target built, found by its class, else by the package of the class."""
        made = type(component)
        package = made.__module__.partition(".")[0]
        same_package = [entry for entry in self.entries(kind)
                        if str(entry.record.target).partition(":")[0].partition(".")[0] == package]
        exact = [entry for entry in same_package if entry.record.target == f"{made.__module__}:{made.__qualname__}"]
        if exact or not same_package:
            return exact[0].component if exact else None
        return Owner(same_package[0].dist, same_package[0].version, f"{_word(kind)} '{made.__name__}'")

    def completed(self, entry: Entry) -> Entry:
        """Return the entry with the record in `ppclas_spec`, if its class is registered by entry point only."""
        if not any(plugin.dist == entry.dist and set(plugin.hooks) & set(DIRECT_GROUPS) for plugin in self.plugins):
            return entry
        target = self.target(entry)
        spec = getattr(target, "ppclas_spec", None)
        if not isinstance(spec, HOOKS[entry.kind][1]):
            return entry
        return entry._replace(record=dataclasses.replace(spec, name=entry.record.name, target=entry.record.target))

    def parameters(self, kind: str, name: str) -> Dict[str, signature.Parameter]:
        """Return the config schema of a component: the signature of its target without supplied parameters."""
        entry = self.find(kind, name)
        preset = getattr(entry.record, "preset", {})
        target = self.target(entry)
        with owned_by(entry.component):
            return signature.parameters(target, hidden=[*SUPPLIED_PARAMETERS.get(kind, ()), *preset])

    def bind(self, kind: str, name: str, params: Mapping[str, Any]) -> Dict[str, Any]:
        """Return the checked and coerced parameters of a component, including presets.

        Raises:
            UserError: see `find`, `target` and `signature.bind_parameters`.
        """
        entry = self.find(kind, name)
        preset = dict(getattr(entry.record, "preset", {}))
        hidden = [*SUPPLIED_PARAMETERS.get(kind, ()), *preset]
        owner = f"{_word(kind)} '{name}'"
        target = self.target(entry)
        with owned_by(entry.component):
            return {**preset, **signature.bind_parameters(target, params, owner=owner, hidden=hidden)}

    def create(
        self, kind: str, name: str, params: Mapping[str, Any], supplied: Optional[Mapping[str, Any]] = None
    ) -> Any:  # noqa: ANN401  # Any: the kind decides the class
        """Build a component.

        Args:
            kind: kind of the component, e.g. `op`.
            name: its name, an alias, or `dist:name`.
            params: its parameters from a config.
            supplied: values of supplied parameters; those that the target's signature lacks are dropped.

        Raises:
            UserError: see `bind`.
            PluginError: the target of a plugin fails.
        """
        entry = self.find(kind, name)
        target = self.target(entry)
        bound = self.bind(kind, name, params)
        with owned_by(entry.component):
            accepted = signature.parameters(target)
            bound.update({key: value for key, value in (supplied or {}).items() if key in accepted})
            built = target(**bound)
            missing = [name for name in INTERFACES.get(kind, ()) if not hasattr(built, name)]
            if missing:
                raise TypeError(f"it built a {type(built).__name__}, which has no '{missing[0]}'")
            return built

    def _add(self, plugin: LoadedPlugin) -> None:
        for kind, record in plugin.records:
            self._add_record(Entry(kind, record, plugin.dist, plugin.version))

    def _add_record(self, entry: Entry) -> None:
        for name in dict.fromkeys((entry.record.name, *getattr(entry.record, "aliases", ()))):
            self._index.setdefault((entry.kind, name), []).append(entry)

    def _forget_registered(self, kind: str, name: str) -> None:
        for plugin in self.plugins:
            if plugin.dist == REGISTERED:
                plugin.records[:] = [each for each in plugin.records if (each[0], each[1].name) != (kind, name)]
        for key, entries in list(self._index.items()):
            entries[:] = [entry for entry in entries
                          if (entry.dist, entry.kind, entry.record.name) != (REGISTERED, kind, name)]
            if not entries:
                del self._index[key]

    def _unknown(self, kind: str, name: str) -> UserError:
        known = [other for found, other in self._index if found == kind]
        bare = name.rpartition(":")[2]
        provider = first_party().get(kind, {}).get(bare)
        text = f"unknown {_word(kind)} '{name}'."
        if provider and not any(plugin.dist == provider for plugin in self.plugins):
            text += f" It comes with {provider}."
            do = how_to_install(provider)
            if any(found.dist == provider for found in self.disabled):
                do = f"PPCLAS_PLUGINS or PPCLAS_DISABLE_PLUGINS disables {provider}; unset it"
        else:
            similar = did_you_mean(bare, known)
            text += similar
            do = f"'ppclas list {_word(kind, plural=True)}' shows all {len(self.names(kind))}"
            if not similar:
                do += "; --plugin FILE loads a plugin file, which may also have the code of a notebook"
        failed = "".join(f"\n  {failure}" for failure in self.failures)
        return UserError(text, do=do + failed)


def resolve(target: str, *, owner: Union[Owner, str]) -> Callable[..., Any]:
    """Import `"package.module:attr"`; `attr` may be dotted.

    Args:
        target: import path of a class or function.
        owner: component of the target, or its name only.

    Raises:
        UserError: a library that the target needs is missing.
        PluginError: the target does not exist or is not callable, or its import fails.
    """
    owner = Owner("", "", owner) if isinstance(owner, str) else owner
    module_name, _, attribute = target.partition(":")
    with owned_by(owner, f"has the target '{target}', which is not 'package.module:attribute'"):
        if not (module_name and attribute):
            raise ValueError(target)
    absent = owned_by(owner, f"has the target '{target}', which does not exist")
    with owned_by(owner, "failed at import"):
        try:
            with quiet():
                value: object = importlib.import_module(module_name)
        except ModuleNotFoundError as error:
            with absent:
                if (error.name or "").partition(".")[0] == module_name.partition(".")[0]:  # not a missing library
                    raise
            label = f" ({owner.label})" if owner.dist else ""
            raise missing_library(error, owner=f"{owner.component}{label}") from error
        with absent:
            for part in attribute.split("."):
                value = getattr(value, part)
    with owned_by(owner, f"has the target '{target}', which is not a class or function"):
        if not callable(value):
            raise TypeError(f"it is a {type(value).__name__}")
    found: Callable[..., Any] = value
    return found


@functools.cache
def catalogue() -> Catalogue:
    """Return the catalogue of this process, built at the first call; each failure is logged as one line."""
    loader = Loader()
    loader.load_installed()
    for failure in loader.failures:
        _log.warning("ppclas: %s", one_line(failure))
    for line in loader.unknown_choices:
        _log.warning("ppclas: warning: %s", one_line(line))
    return Catalogue(loader)


@functools.cache
def first_party() -> Mapping[str, Mapping[str, str]]:
    """Return the index of the first-party distributions: kind -> name -> distribution (from tools/make_index.py).

    Besides the kinds there are three roles: `decoder` and `batch_op` (ops by level), and `config_key` (config keys that
    enable a callback).
    """
    import json

    text = Path(__file__).with_name("first_party.json").read_text(encoding="utf-8")
    compact: Mapping[str, Mapping[str, Iterable[str]]] = json.loads(text)
    return {kind: {name: dist for dist, names in owners.items() for name in names} for kind, owners in compact.items()}


def first_party_dist(role: str) -> str:
    """Return the first first-party distribution, by name, that provides a kind or a role; "" if there is none."""
    return min(first_party().get(role, {}).values(), default="")


def _word(kind: str, *, plural: bool = False) -> str:
    words = {"lr_schedule": "schedule", "config_dir": "config folder"}
    word = words.get(kind, kind)
    plurals = {"backbone": "models", "loss": "losses"}
    return plurals.get(kind, word + "s") if plural else word


def component_names(kind: str) -> List[str]:
    """Return the sorted names of all installed components of a kind."""
    return catalogue().names(kind)


def find_record(kind: str, name: str) -> Any:  # noqa: ANN401  # Any: the kind decides the class
    """Return the record of a component; raise a UserError for an unknown name."""
    return catalogue().find(kind, name).record


def build_named(kind: str, items: Sequence[Mapping[str, Any]]) -> List[Any]:
    """Build the components of a list of one-key mappings `{Name: {params}}`."""
    return [catalogue().create(kind, name, params or {}) for item in items or () for name, params in item.items()]
