# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Look a component up by kind and name, and build it: conflicts, did-you-mean, install hints, string targets."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple

from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.hookspecs import HOOKS
from ppclas_core.plugins import signature
from ppclas_core.plugins.discover import PluginFailure, canonical
from ppclas_core.plugins.manager import LoadedPlugin, Loader

ENGINE_PARAMETERS = {"lr_schedule": ("epochs", "step_each_epoch"), "exporter": ("request",)}
"""Parameters of a target that the engine supplies, so that a config cannot: kind -> names."""


class Entry(NamedTuple):
    """One record and the plugin that owns it."""

    kind: str
    record: Any
    dist: str
    version: str

    @property
    def owner(self) -> str:
        """`ppclas-models-mobile 0.1.0`."""
        return f"{self.dist} {self.version}".strip()


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
        """Plugins, or single records, that did not load."""
        return self._loader.failures

    @property
    def disabled(self) -> List[Any]:
        """Entry points that the environment switched off."""
        return self._loader.disabled

    def load_file(self, path: Path) -> None:
        """Add a one-file plugin; a path that is loaded already is left alone."""
        if any(plugin.dist == path.name and not plugin.version for plugin in self.plugins):
            return
        self._loader.load_file(path)
        self._add(self.plugins[-1])

    def entries(self, kind: str) -> List[Entry]:
        """All records of a kind in the order of their plugins; a name with two owners stands twice."""
        return [Entry(kind, record, plugin.dist, plugin.version)
                for plugin in self.plugins for found, record in plugin.records if found == kind]

    def names(self, kind: str) -> List[str]:
        """Sorted names of a kind, without aliases."""
        return sorted({entry.record.name for entry in self.entries(kind)})

    def conflicts(self) -> List[str]:
        """One line for each name that two plugins provide."""
        lines = []
        for (kind, name), entries in sorted(self._index.items()):
            if len({entry.dist for entry in entries}) > 1:
                owners = " and ".join(entry.owner for entry in entries)
                lines.append(f"{kind} '{name}' is provided by two plugins: {owners}")
        return lines

    def find(self, kind: str, name: str) -> Entry:
        """The record called `name`, `alias` or `dist:name`.

        Raises:
            UserError: unknown (with the nearest name, the distribution to install, and plugins that failed), or
                provided by two plugins.
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
            UserError: the import fails; a missing library is named with the command that installs it.
        """
        return resolve(entry.record.target, owner=f"{_word(entry.kind)} '{entry.record.name}' ({entry.owner})")

    def completed(self, entry: Entry) -> Entry:
        """The entry with its `ppclas_spec`, where the class was registered by entry point alone."""
        target = self.target(entry)
        spec = getattr(target, "ppclas_spec", None)
        if not isinstance(spec, HOOKS[entry.kind][1]):
            return entry
        return entry._replace(record=dataclasses.replace(spec, name=entry.record.name, target=entry.record.target))

    def parameters(self, kind: str, name: str) -> Dict[str, signature.Parameter]:
        """The config schema of a component: the signature of its target without what the engine supplies."""
        entry = self.find(kind, name)
        preset = getattr(entry.record, "preset", {})
        return signature.parameters(self.target(entry), hidden=[*ENGINE_PARAMETERS.get(kind, ()), *preset])

    def bind(self, kind: str, name: str, params: Mapping[str, Any]) -> Dict[str, Any]:
        """Checked and coerced parameters of a component, presets included.

        Raises:
            UserError: see `find`, `target` and `signature.bind`.
        """
        entry = self.find(kind, name)
        preset = dict(getattr(entry.record, "preset", {}))
        hidden = [*ENGINE_PARAMETERS.get(kind, ()), *preset]
        owner = f"{_word(kind)} '{name}'"
        return {**preset, **signature.bind(self.target(entry), params, owner=owner, hidden=hidden)}

    def create(
        self, kind: str, name: str, params: Mapping[str, Any], supplied: Optional[Mapping[str, Any]] = None
    ) -> Any:
        """Build a component.

        Args:
            supplied: values for engine parameters; those that the target's signature lacks are left out.
        """
        entry = self.find(kind, name)
        target = self.target(entry)
        bound = self.bind(kind, name, params)
        accepted = signature.parameters(target)
        bound.update({key: value for key, value in (supplied or {}).items() if key in accepted})
        return target(**bound)

    def _add(self, plugin: LoadedPlugin) -> None:
        for kind, record in plugin.records:
            entry = Entry(kind, record, plugin.dist, plugin.version)
            for name in dict.fromkeys((record.name, *getattr(record, "aliases", ()))):
                self._index.setdefault((kind, name), []).append(entry)

    def _unknown(self, kind: str, name: str) -> UserError:
        known = [other for found, other in self._index if found == kind]
        bare = name.rpartition(":")[2]
        provider = first_party().get(kind, {}).get(bare)
        text = f"unknown {_word(kind)} '{name}'."
        if provider and not any(plugin.dist == provider for plugin in self.plugins):
            text += f" It comes with {provider}."
            do = f"pip install {provider}"
        else:
            text += did_you_mean(bare, known)
            do = f"'ppclas list {_word(kind, plural=True)}' shows all {len(self.names(kind))}"
        failed = "".join(f"\n  {failure}" for failure in self.failures)
        return UserError(text, do=do + failed)


def resolve(target: str, *, owner: str) -> Callable[..., Any]:
    """Import `"package.module:attr"`; `attr` may be dotted.

    Raises:
        UserError: a library is missing, or the target does not exist.
    """
    module_name, _, attribute = target.partition(":")
    try:
        value: Any = importlib.import_module(module_name)
        for part in attribute.split("."):
            value = getattr(value, part)
    except ModuleNotFoundError as error:
        raise missing_library(error, owner=owner) from error
    except AttributeError as error:
        raise UserError(f"{owner}: its target '{target}' does not exist ({error})") from error
    if not callable(value):
        raise UserError(f"{owner}: its target '{target}' is a {type(value).__name__}, not a class or function")
    return value


def missing_library(error: ModuleNotFoundError, *, owner: str) -> UserError:
    """The clear form of a missing import: which library, for what, and the command that installs it."""
    name = (error.name or "").split(".")[0]
    commands = {
        "paddle": 'pip install "ppclas-core[cpu]"   (a GPU: see https://www.paddlepaddle.org.cn/en/install)',
        "cv2": "pip install opencv-python",
        "PIL": "pip install pillow",
    }
    return UserError(f"{owner} needs the Python package '{name}', which is not installed",
                     do=commands.get(name, f"pip install {name}"))


@functools.cache
def catalogue() -> Catalogue:
    """The catalogue of this process, read once; failures are told in one line each on stderr."""
    loader = Loader()
    loader.load_installed()
    for failure in loader.failures:
        print(f"ppclas: {failure}", file=sys.stderr)
    return Catalogue(loader)


@functools.cache
def first_party() -> Mapping[str, Mapping[str, str]]:
    """Names that our own distributions provide: kind -> name -> distribution (made by tools/make_index.py)."""
    import json
    from importlib import resources

    text = resources.files("ppclas_core.plugins").joinpath("first_party.json").read_text(encoding="utf-8")
    compact: Mapping[str, Mapping[str, Iterable[str]]] = json.loads(text)
    return {kind: {name: dist for dist, names in owners.items() for name in names} for kind, owners in compact.items()}


def _word(kind: str, *, plural: bool = False) -> str:
    words = {"lr_schedule": "schedule", "config_dir": "config folder"}
    word = words.get(kind, kind)
    plurals = {"backbone": "models", "loss": "losses"}
    return plurals.get(kind, word + "s") if plural else word
