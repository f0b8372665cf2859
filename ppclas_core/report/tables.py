# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Tables of a run report: confusion of classes, differences to another run, time by activity."""

from __future__ import annotations

import html
import statistics
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Tuple

SHOWN = 40
"""Largest number of classes for which the confusion matrix is drawn."""


def matrix_table(matrix: Sequence[Sequence[int]], names: Sequence[str]) -> str:
    """Return an HTML table with a row per true class, shaded by the fraction of the row; "" above `SHOWN` classes."""
    if len(matrix) > SHOWN:
        return ""
    head = "".join(f"<th><span>{html.escape(name)}</span></th>" for name in names)
    rows = []
    for name, counts in zip(names, matrix):
        total = max(sum(counts), 1)
        cells = "".join(f'<td style="background:rgba(31,111,235,{count / total:.2f})">{count or ""}</td>'
                        for count in counts)
        rows.append(f"<tr><th>{html.escape(name)}</th>{cells}</tr>")
    return f'<table class="matrix"><tr><th></th>{head}</tr>{"".join(rows)}</table>'


def most_confused(matrix: Sequence[Sequence[int]], names: Sequence[str], count: int = 10) -> List[Dict[str, Any]]:
    """Return table rows of the most confused pairs of classes, with the fraction of the true class's images."""
    pairs = [(value, true, guess) for true, row in enumerate(matrix) for guess, value in enumerate(row)
             if value and true != guess]
    pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    return [{"class": names[true], "taken for": names[guess], "images": value, "fraction": value / sum(matrix[true])}
            for value, true, guess in pairs[:count]]


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
            rows.append({"metric": key, "this run": left, "other run": right, "difference": left - right})
    return rows


def timing(records: Sequence[Mapping[str, Any]], batch_size: int) -> List[Dict[str, Any]]:
    """Return table rows: seconds of epochs, evaluations and steps, and images per second."""
    rows: List[Dict[str, Any]] = []
    seconds = {kind: [float(row["seconds"]) for row in records if row["kind"] == kind and row.get("seconds")]
               for kind in ("epoch", "eval", "step")}
    for kind, what in (("epoch", "training, one epoch"), ("eval", "evaluation"), ("step", "step (logged ones)")):
        if seconds[kind]:
            rows.append({"what": what, "times": len(seconds[kind]), "median s": statistics.median(seconds[kind]),
                         "longest s": max(seconds[kind]), "total s": sum(seconds[kind])})
    if seconds["step"]:
        rate = batch_size / statistics.median(seconds["step"])
        rows.append({"what": "images per second in training", "times": "", "median s": f"{rate:.1f}", "longest s": "",
                     "total s": ""})
    return rows


def _shown(flat: Mapping[str, Any], key: str) -> str:
    return str(flat[key]) if key in flat else "-"


def _flat(value: object, path: str = "") -> Iterator[Tuple[str, Any]]:
    """Yield (dotted key, scalar) of nested mappings and lists."""
    items: Dict[Any, Any] = dict(value) if isinstance(value, Mapping) else {}
    if isinstance(value, (list, tuple)):
        items = dict(enumerate(value))
    if not items:
        yield path, value
    for key, item in items.items():
        yield from _flat(item, f"{path}.{key}" if path else str(key))
