# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Yes or no for every class of every image: what is counted of a training with several labels per image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple

import numpy as np

from ppclas_core.metrics.accuracy import dominant_labels
from ppclas_core.metrics.average_precision import sigmoid


def f1_score(right: float, found: float, shown: float) -> float:
    """2 right / (found + shown): the harmonic mean of precision and recall; 0 where there was nothing to find."""
    return 2 * right / (found + shown) if found + shown else 0.0


@dataclass
class DecisionCounter:
    """Sums over the samples of one epoch, with the face of `metrics.Counter`.

    Args:
        threshold: sigmoid score from which a class counts as found.
        right, found, shown: decisions: found and there, found, there.
    """

    threshold: float
    samples: int = 0
    right: int = 0
    found: int = 0
    shown: int = 0
    loss: float = 0.0
    steps: int = 0
    seconds: float = 0.0

    def count(self, logits: np.ndarray, labels: np.ndarray, mixed: Optional[Tuple[Any, Any, Any]], loss: float,
              seconds: float) -> Dict[str, float]:
        """Count one batch; gives its `f1` over all decisions, against the labels of the larger share of a blend.

        Args:
            logits: (N, K) float32; labels: (N, K), multi-hot; mixed: see `Batch`; loss: its mean.
        """
        there = dominant_labels(labels, mixed) > 0
        found = sigmoid(logits) >= self.threshold
        sums = int((found & there).sum()), int(found.sum()), int(there.sum())
        self.right, self.found, self.shown = (old + new for old, new in zip((self.right, self.found, self.shown), sums))
        self.samples += len(logits)
        self.loss += loss * len(logits)
        self.steps += 1
        self.seconds += seconds
        return {"f1": f1_score(*sums)}

    def averages(self) -> Dict[str, float]:
        """`loss` per sample, `f1` over all decisions."""
        return {"loss": self.loss / max(self.samples, 1), "f1": f1_score(self.right, self.found, self.shown)}

    def totals(self) -> np.ndarray:
        """(5,) float64: what is added over processes."""
        return np.array([self.samples, self.right, self.found, self.shown, self.loss], np.float64)

    def set_totals(self, totals: np.ndarray) -> None:
        """Take over sums of `totals()`."""
        self.samples, self.right, self.found, self.shown = (int(value) for value in totals[:4])
        self.loss = float(totals[4])

    def to_dict(self) -> Dict[str, Any]:
        """Plain numbers for `state.json`."""
        return dict(vars(self))
