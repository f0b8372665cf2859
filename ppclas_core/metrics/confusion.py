# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Confusion matrix of images of one class each."""

from __future__ import annotations

from typing import Any, List, Optional, Sequence

import numpy as np

from ppclas_core.metrics.metric import ArrayCounts, Table
from ppclas_core.metrics.outputs import SingleLabelOutputs

LIMIT = 1000
"""Largest number of classes with a matrix, 8 MB; with 100,000 classes it would be 80 GB."""


class ConfusionMatrix(ArrayCounts, Table[SingleLabelOutputs]):
    """Confusion matrix: number of samples by true class (rows) and predicted class (columns).

    Args:
        num_classes: K; above `LIMIT` there is no matrix.
    """

    name = "confusion"
    keys = ("matrix",)

    def __init__(self, num_classes: int) -> None:
        size = num_classes if num_classes <= LIMIT else 0
        self.matrix = np.zeros((size, size), np.int64)

    def update(self, outputs: SingleLabelOutputs) -> None:
        """Count the samples of one batch."""
        if len(self.matrix):
            np.add.at(self.matrix, (outputs.labels, outputs.predicted), 1)

    def compute(self, class_names: Sequence[str]) -> Optional[List[Any]]:
        """Return the matrix as lists; None above `LIMIT` classes."""
        rows: List[Any] = self.matrix.tolist()
        return rows or None
