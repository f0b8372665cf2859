# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Which images of an evaluation are worth a look: the surest mistakes and the surest hits."""

from __future__ import annotations

from typing import Any, List, NamedTuple

import numpy as np


class Example(NamedTuple):
    """One image: its number in the source, true and predicted class, and the probabilities of both, 0..1."""

    sample: int
    label: int
    predicted: int
    label_score: float
    score: float


class Extremes:
    """Given to an evaluation as its `watch`, keeps the `count` worst and best images.

    Attributes:
        worst: wrong answers, the most confident first; best: right answers, the most confident first.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self.worst: List[Example] = []
        self.best: List[Example] = []

    def __call__(self, batch: Any, scores: np.ndarray) -> None:
        """Look at one batch and its logits (N, K)."""
        shifted = np.exp((scores - scores.max(axis=1, keepdims=True)).astype(np.float64))
        probabilities = shifted / shifted.sum(axis=1, keepdims=True)
        predicted = scores.argmax(axis=1)
        found = [Example(int(index), int(label), int(guess), float(row[label]), float(row[guess]))
                 for index, label, guess, row in zip(batch.indices, batch.labels, predicted, probabilities)]
        self.worst = self._surest([*self.worst, *(one for one in found if one.predicted != one.label)])
        self.best = self._surest([*self.best, *(one for one in found if one.predicted == one.label)])

    def _surest(self, examples: List[Example]) -> List[Example]:
        return sorted(examples, key=lambda one: (-one.score, one.sample))[: self._count]
