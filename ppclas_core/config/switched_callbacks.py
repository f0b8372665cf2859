# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Callbacks that a config key enables (`enabled_by` of their records): their sections, and the rules of their keys."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ppclas_core.api import Callback
from ppclas_core.compat.keys import TEACHER_PAIR, split_pair
from ppclas_core.config.resolve import Resolution
from ppclas_core.plugins.catalogue import Entry, catalogue, first_party
from ppclas_core.plugins.install import how_to_install


def switched_callbacks(config: Mapping[str, Any]) -> List[Entry]:
    """Return the installed callbacks whose enabling key is true in a config."""
    return [entry for entry in catalogue().entries("callback")
            if entry.record.enabled_by and config.get(entry.record.enabled_by)]


def switches() -> List[str]:
    """Return the config keys that enable a callback of an installed plugin."""
    return sorted({entry.record.enabled_by for entry in catalogue().entries("callback")} - {""})


def callback_items(config: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Return the callbacks of a config as one-key mappings, those enabled by a key first."""
    switched = [{entry.record.name: config.get(entry.record.section) or {}} for entry in switched_callbacks(config)]
    return [*switched, *(config.get("callbacks") or ())]


def has_teacher(config: Mapping[str, Any]) -> bool:
    """Return whether an enabled callback of the config supplies the outputs of a teacher."""
    return any(entry.record.teacher for entry in switched_callbacks(config))


def check_callbacks(config: Resolution) -> None:
    """Check the needs of callbacks that a key enables: their plugin, and a teacher if the callback has one."""
    for key, dist in first_party()["config_key"].items():
        if config.values.get(key) and key not in switches():
            config.error(key, f"'{key}' needs the plugin {dist}", do=how_to_install(dist))
    for entry in switched_callbacks(config.values):
        if entry.record.teacher:
            _check_teacher(config, entry.record)


def _check_teacher(config: Resolution, record: Callback) -> None:
    teacher, _ = split_pair(config.values["ARCHITECTURE"]["name"])
    section = config.values[record.section]
    if teacher:
        given = section.setdefault("teacher", teacher)
        if (given.setdefault("name", teacher) if isinstance(given, dict) else given) != teacher:
            config.error(f"{record.section}.teacher", f"there are two teachers: ARCHITECTURE.name says {teacher}",
                         do="let ARCHITECTURE.name be the student alone, or remove this key")
    elif not section.get("teacher"):
        config.error(record.enabled_by, f"'{record.enabled_by}' needs a teacher",
                     do=f"{record.section}: {{teacher: {{name: NAME, pretrained: PATH}}}}, or a pair as "
                        f"ARCHITECTURE.name: {TEACHER_PAIR}")
