# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of a component from Python, for notebooks: it exists in this process only."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from typing import Callable, Optional

from ppclas_core.api import ConfigDir
from ppclas_core.errors import UserError
from ppclas_core.hookspecs import HOOKS, Record
from ppclas_core.plugins import signature
from ppclas_core.plugins.catalogue import catalogue, resolve
from ppclas_core.plugins.ownership import REGISTERED, Owner


def register(record: Record, target: Optional[Callable[..., object]] = None) -> None:
    """Register a component for this process, as a plugin does for every process.

    A record of the same name that was registered before is replaced, so a notebook cell can run again. Worker processes
    of the data loader and trainings with several processes refuse the component; move it to a one-file plugin for them.

    Args:
        record: record of `ppclas_core.api`, e.g. `Op("Invert", "__main__:Invert")`.
        target: class or function at the top level of a module or notebook; it replaces `record.target`. None: the
            record names its target.

    Raises:
        UserError: the record or its target is invalid, or a plugin has a component of this name.
    """
    kind = next((kind for kind, (_, record_class) in HOOKS.items() if type(record) is record_class), None)
    if kind is None:
        names = ", ".join(record_class.__name__ for _, record_class in HOOKS.values())
        raise UserError(f"register takes a record of a component, not a {type(record).__name__}",
                        do="for a network: register(Backbone('Name', '__main__:Name', family='mine'), Name); from "
                           f"ppclas_core.api import one of: {names}")
    component = f"{kind} '{record.name}'"
    if target is not None:
        record = _with_target(record, target, component)
    if not isinstance(record, ConfigDir):
        if not record.target:
            raise UserError(f"the record of {component} has no target", do="give the class: register(record, TheClass)")
        _check_signature(record.target, component)
    _check_reachable(kind, record.name, component)
    catalogue().register(kind, record)


def _check_reachable(kind: str, name: str, component: str) -> None:
    """Refuse a name that a config uses for something else: published weights, or an optimizer that differs by case."""
    for entry in catalogue().entries(kind):
        record, taken = entry.record, []
        if kind == "backbone":
            taken = [weights.name for weights in record.weights if weights.name == name]
        elif kind == "optimizer":
            taken = [other for other in (record.name, *record.aliases) if other.lower() == name.lower()]
        if taken and entry.dist != REGISTERED:
            raise UserError(f"the name of {component} belongs to '{taken[0]}' of {entry.owner}",
                            do="choose another name")


def _with_target(record: Record, target: Callable[..., object], component: str) -> Record:
    """Return the record with the import path of the target."""
    if isinstance(record, ConfigDir):
        raise UserError(f"a ConfigDir has no target, but {target!r} is given", do="register(record)")
    if not (inspect.isclass(target) or inspect.isfunction(target)):
        raise UserError(f"the target of {component} is a {type(target).__name__}; it must be a class or a function",
                        do="define one with 'class' or 'def' and give that")
    found: object = sys.modules.get(target.__module__)
    for name in target.__qualname__.split("."):
        found = getattr(found, name, None)
    if found is not target:
        raise UserError(f"the target of {component} is not importable as {target.__module__}:{target.__qualname__}",
                        do="define it with 'class' or 'def' at the top level of a notebook cell or a module, under its "
                        "own name")
    return dataclasses.replace(record, target=f"{target.__module__}:{target.__qualname__}")


def _check_signature(target: str, component: str) -> None:
    """Refuse a target that does not exist or has no fixed parameters."""
    found = resolve(target, owner=Owner(REGISTERED, "", component))
    try:
        signature.parameters(found)
    except (TypeError, ValueError) as error:  # ValueError: a class written in C has no signature
        raise UserError(f"the target of {component} cannot be configured: {error}",
                        do="write each parameter out, with a type hint and a default") from None
