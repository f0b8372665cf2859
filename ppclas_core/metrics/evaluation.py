# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Result of an evaluation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Mapping


@dataclass(frozen=True)
class Evaluation:
    """Result of one evaluation; metrics, settings and tables are also attributes, such as `result.top1`.

    Args:
        metrics: name -> value; they include `loss`, with the label smoothing of training.
        samples: number of evaluated images.
        seconds: wall time.
        settings: parameters that metrics depend on: `k` of `topk`, `threshold` for label sets.
        tables: name -> rows: `per_class`, and for one class per image `confusion`, None for more than 1000 classes.
        profile: stage -> milliseconds per image; empty unless the loader measures the time.
    """

    metrics: Mapping[str, float]
    samples: int
    seconds: float
    settings: Mapping[str, float] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)
    profile: Mapping[str, float] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # Any: callers use values without a cast
        if not name.startswith("_"):  # copy and pickle look up special methods before the fields exist
            for values in (self.metrics, self.settings, self.tables):
                if name in values:
                    return values[name]
        raise AttributeError(f"this evaluation has no '{name}'")

    def to_dict(self) -> Dict[str, Any]:
        """Return the result as one flat mapping for JSON."""
        return {**self.metrics, **self.settings, "samples": self.samples, "seconds": self.seconds, **self.tables,
                "profile": dict(self.profile)}
