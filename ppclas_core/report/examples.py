# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The images of an evaluation that a report shows: the most interesting wrong and right predictions."""

from __future__ import annotations

from typing import Any, Iterable, List

import numpy as np

from ppclas_core.tasks.task import Example, Task


class Extremes:
    """Keeps the most interesting images of an evaluation; `evaluate(watch=...)` calls it with each batch.

    Args:
        task: judges the images.
        count: number of wrong and of right images kept.

    Attributes:
        worst: wrong predictions, best: right ones; the most interesting first.
    """

    def __init__(self, task: Task, count: int) -> None:
        self._task, self._count = task, count
        self.worst: List[Example] = []
        self.best: List[Example] = []

    def __call__(self, batch: Any, logits: np.ndarray) -> None:
        """Look at one batch and its logits (N, K)."""
        examples = self._task.examples(batch.indices, self._task.outputs(logits, batch.labels))
        self.worst = self._first(self.worst, (one for one in examples if not one.correct))
        self.best = self._first(self.best, (one for one in examples if one.correct))

    def _first(self, kept: List[Example], more: Iterable[Example]) -> List[Example]:
        return sorted([*kept, *more], key=lambda one: (-one.interest, one.sample))[: self._count]
