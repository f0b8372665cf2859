# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`Evaluation`: what an evaluation found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Mapping


@dataclass(frozen=True)
class Evaluation:
    """The result of one evaluation. Metrics, settings and tables are also attributes: `result.top1`.

    Args:
        metrics: name -> value, `loss` (smoothed as in training) among them.
        samples: number of images counted.
        seconds: wall time.
        settings: parameters that metrics depend on: `k` of `topk`, `threshold` of label sets.
        tables: name -> rows: `per_class`, and `confusion`, which is None for more than 1000 classes.
        profile: milliseconds per image by stage; empty unless the loader measures them.
    """

    metrics: Mapping[str, float]
    samples: int
    seconds: float
    settings: Mapping[str, float] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)
    profile: Mapping[str, float] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):  # copy and pickle ask for names of their own before there are fields
            for values in (self.metrics, self.settings, self.tables):
                if name in values:
                    return values[name]
        raise AttributeError(f"this evaluation has no '{name}'")

    def to_dict(self) -> Dict[str, Any]:
        """Return all of it as one flat mapping for JSON."""
        return {**self.metrics, **self.settings, "samples": self.samples, "seconds": self.seconds, **self.tables,
                "profile": dict(self.profile)}
