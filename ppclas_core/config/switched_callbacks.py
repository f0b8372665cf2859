# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Callbacks that a config key enables (`enabled_by` of their records), with their sections."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ppclas_core.plugins.catalogue import Entry, catalogue


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
