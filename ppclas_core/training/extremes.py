# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`Extremes`: the wrong and the correct predictions of an evaluation that are of most interest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, List

from ppclas_core.tasks.task import Example, Task

if TYPE_CHECKING:
    import numpy as np

    from ppclas_core.data.loader import Batch


class Extremes:
    """Collector of the wrong and correct predictions with the highest `interest`, called by `evaluate(watch=...)`.

    Args:
        task: rates the predictions.
        count: number of wrong and of correct predictions to keep.

    Attributes:
        worst, best: wrong and correct predictions, by decreasing interest.
    """

    def __init__(self, task: Task, count: int) -> None:
        self._task = task
        self._count = count
        self.worst: List[Example] = []
        self.best: List[Example] = []

    def __call__(self, batch: Batch, logits: np.ndarray) -> None:
        """Add a batch and its logits (N, K)."""
        examples = self._task.examples(batch.indices.tolist(), logits, batch.labels)
        self.worst = self._first(self.worst, (one for one in examples if not one.correct))
        self.best = self._first(self.best, (one for one in examples if one.correct))

    def _first(self, kept: List[Example], more: Iterable[Example]) -> List[Example]:
        return sorted([*kept, *more], key=lambda one: (-one.interest, one.sample))[: self._count]
