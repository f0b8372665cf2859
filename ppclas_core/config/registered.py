# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Refusal of a config whose components are registered in this process, before other processes load it."""

from __future__ import annotations

from typing import Iterator, List, Tuple

from ppclas_core.config.config import Config
from ppclas_core.config.schema import KEYS
from ppclas_core.config.switched_callbacks import switched_callbacks
from ppclas_core.plugins.catalogue import catalogue

_OTHER_KEYS = (("optimizer", "OPTIMIZER.function"), ("op", "decoder"), ("metric", "monitor"), ("metric", "metrics"))
"""Kind and key of names that the schema does not look up."""


def refuse_registered(config: Config, processes: str) -> None:
    """Refuse a config that uses a component of `ppclas_core.register`.

    Args:
        config: config that other processes will load.
        processes: name of the processes, for the error.

    Raises:
        UserError: such a component is used; the error names it and its line.
    """
    for kind, name, path in _used(config):
        owner = catalogue().owner(kind, name)
        if owner is not None and owner.is_registered:
            raise owner.absent_in(processes).at(config.location(path))


def _used(config: Config) -> Iterator[Tuple[str, str, str]]:
    """Yield kind, name and key of every component that the config names."""
    for kind, path in [*((key.names, key.path) for key in KEYS if key.names), *_OTHER_KEYS]:
        for name in _names(config, path):
            yield kind, name, path
    for entry in switched_callbacks(config):
        yield "callback", entry.record.name, entry.record.enabled_by


def _names(config: Config, path: str) -> List[str]:
    """Return the names in a value: one name, a list of names, or a list of one-key mappings."""
    try:
        value = config.get_path(path)
    except KeyError:  # its section is omitted
        return []
    if isinstance(value, str):
        return [value]
    return [name for item in value or () for name in ([item] if isinstance(item, str) else item)]
