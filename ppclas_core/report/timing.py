# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Time of a run by activity, from its records."""

from __future__ import annotations

import statistics
from typing import Any, Dict, List, Mapping, Sequence


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
