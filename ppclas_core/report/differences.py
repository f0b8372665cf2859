# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Differences between two runs: config keys and metrics."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Sequence, Tuple


def config_differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> List[Dict[str, str]]:
    """Return table rows of the keys whose values differ between the configs."""
    left, right = dict(_flat(one)), dict(_flat(other))
    keys = [key for key in dict.fromkeys([*left, *right]) if left.get(key) != right.get(key)]
    return [{"key": key, "this run": _shown(left, key), "other run": _shown(right, key)} for key in keys]


def metric_differences(one: Mapping[str, Any], other: Mapping[str, Any], names: Sequence[str]) -> List[Dict[str, Any]]:
    """Return table rows of the named numbers that both reports have, with their differences."""
    rows = []
    for key in names:
        left, right = one.get(key), other.get(key)
        if isinstance(left, (int, float)) and isinstance(right, (int, float)):
            rows.append({"figure": key, "this run": left, "other run": right, "difference": left - right})
    return rows


def _shown(flat: Mapping[str, Any], key: str) -> str:
    return str(flat[key]) if key in flat else "-"


def _flat(value: Any, path: str = "") -> Iterator[Tuple[str, Any]]:
    """Yield (dotted key, scalar) of nested mappings and lists."""
    items: Dict[Any, Any] = dict(value) if isinstance(value, Mapping) else {}
    if isinstance(value, (list, tuple)):
        items = dict(enumerate(value))
    if not items:
        yield path, value
    for key, item in items.items():
        yield from _flat(item, f"{path}.{key}" if path else str(key))
