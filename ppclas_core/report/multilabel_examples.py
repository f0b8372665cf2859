# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Which images with several labels are worth a look: those whose answers are the most and the least surprising."""

from __future__ import annotations

from typing import Any, List, NamedTuple, Sequence, Tuple

import numpy as np


class SeveralExample(NamedTuple):
    """One image: its number in the source, its labels, the (class, sigmoid score) found, best first, the class with the
    highest score, and the mean binary cross-entropy of its answers."""

    sample: int
    labels: Tuple[int, ...]
    found: Tuple[Tuple[int, float], ...]
    predicted: int
    surprise: float


class SeveralExtremes:
    """Given to an evaluation as its `watch`, keeps the `count` worst and best images.

    Args:
        count: of each; threshold: sigmoid score from which a class counts as found.

    Attributes:
        worst: images with a wrong decision, the largest cross-entropy first; best: without one, the smallest first.
    """

    def __init__(self, count: int, threshold: float) -> None:
        self._count, self._threshold = count, threshold
        self.worst: List[SeveralExample] = []
        self.best: List[SeveralExample] = []

    def __call__(self, batch: Any, scores: np.ndarray) -> None:
        """Look at one batch and its logits (N, K)."""
        z, shown = scores.astype(np.float64), np.asarray(batch.labels) > 0
        surprises = (np.maximum(z, 0) - z * shown + np.log1p(np.exp(-np.abs(z)))).mean(axis=1)
        probabilities = np.exp(-np.logaddexp(0.0, -z))
        right = ((probabilities >= self._threshold) == shown).all(axis=1)
        found = [self._example(int(index), there, row, float(surprise))
                 for index, there, row, surprise in zip(batch.indices, shown, probabilities, surprises)]
        wrong = [*self.worst, *(one for one, good in zip(found, right) if not good)]
        hits = [*self.best, *(one for one, good in zip(found, right) if good)]
        self.worst = sorted(wrong, key=lambda one: (-one.surprise, one.sample))[: self._count]
        self.best = sorted(hits, key=lambda one: (one.surprise, one.sample))[: self._count]

    def _example(self, sample: int, there: np.ndarray, row: np.ndarray, surprise: float) -> SeveralExample:
        order = np.argsort(-row, kind="stable")
        found = tuple((int(index), float(row[index])) for index in order if row[index] >= self._threshold)
        return SeveralExample(sample, tuple(np.flatnonzero(there).tolist()), found, int(order[0]), surprise)


def several_caption(example: SeveralExample, names: Sequence[str], path: str) -> str:
    """`hat 97 %, tie 61 %; missed: shirt; wrong: tie; val/7.jpg`."""
    found = {index for index, _ in example.found}
    missed = [names[index] for index in example.labels if index not in found]
    wrong = [names[index] for index, _ in example.found if index not in example.labels]
    parts = [", ".join(f"{names[index]} {100 * score:.0f} %" for index, score in example.found) or "nothing found"]
    parts += [f"{word}: {', '.join(which)}" for word, which in (("missed", missed), ("wrong", wrong)) if which]
    return "; ".join([*parts, path])
