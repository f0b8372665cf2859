# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""All that one evaluation counts: batch by batch, added up over processes, every number a sum over samples."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence

import numpy as np

from ppclas_core.metrics.accuracy import Counter, PerClass, ranks
from ppclas_core.metrics.calibration import Calibration
from ppclas_core.system.rank import Rank
from ppclas_core.training.distributed.collectives import summed

MATRIX_LIMIT = 1000
"""Classes up to which a confusion matrix is kept: 8 MB; with 100,000 it would be 80 GB."""


class Tally:
    """Counts of one evaluation.

    Args:
        topk: the second accuracy, clipped to the classes by the caller.
        num_classes: K.
    """

    def __init__(self, topk: int, num_classes: int) -> None:
        self._sums, self._classes, self._calibration = Counter(topk), PerClass(num_classes), Calibration()
        matrix = num_classes if num_classes <= MATRIX_LIMIT else 0
        self._confusion = np.zeros((matrix, matrix), np.int64)

    @property
    def samples(self) -> int:
        """How many samples were counted."""
        return self._sums.samples

    def add(self, scores: np.ndarray, labels: np.ndarray, loss: float, seconds: float) -> Dict[str, float]:
        """Count one batch; gives its `top1` and `topk` in 0..1.

        Args:
            scores: (N, K) float32 logits; labels: (N,) int64; loss: mean of the batch; seconds: it took.
        """
        predictions = scores.argmax(axis=1)
        self._classes.add(predictions, labels)
        self._calibration.add(scores, predictions == labels)
        if len(self._confusion):
            np.add.at(self._confusion, (labels, predictions), 1)
        top1, topk = self._sums.add(ranks(scores, labels), loss, seconds)
        return {"top1": top1, "topk": topk}

    def add_up(self, rank: Rank) -> None:
        """Replace the counts of this process by those of all."""
        self._sums.set_totals(summed(self._sums.totals(), rank))
        classes, bins = self._classes, self._calibration.bins
        whole = np.concatenate([classes.samples, classes.correct, classes.predicted, self._confusion.ravel()])
        total = summed(whole, rank).astype(np.int64)
        edges = np.cumsum([len(classes.samples)] * 3)
        classes.samples, classes.correct, classes.predicted, matrix = np.split(total, edges)
        self._confusion = matrix.reshape(self._confusion.shape)
        self._calibration.bins = summed(bins.ravel(), rank).reshape(bins.shape)

    def averages(self) -> Dict[str, float]:
        """`loss`, `top1`, `topk` per sample; see `Calibration.error` and `PerClass.macro` for the others."""
        return {**self._sums.averages(), "ece": self._calibration.error(), **self._classes.macro()}

    def table(self, names: Sequence[str]) -> List[Dict[str, Any]]:
        """One row per class that occurred or was predicted."""
        return self._classes.table(list(names))

    def confusion(self) -> Optional[List[List[int]]]:
        """Rows of true, columns of predicted classes; None above `MATRIX_LIMIT` classes."""
        matrix: List[List[int]] = self._confusion.tolist()
        return matrix or None
