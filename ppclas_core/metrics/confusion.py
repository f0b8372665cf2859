# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The confusion matrix of single-label images."""

from __future__ import annotations

from typing import Any, List, Optional, Sequence

import numpy as np

from ppclas_core.metrics.metric import ArrayCounts, Table
from ppclas_core.metrics.outputs import SingleLabelOutputs

LIMIT = 1000
"""Classes up to which the matrix is kept: 8 MB; with 100,000 classes it would be 80 GB."""


class ConfusionMatrix(ArrayCounts, Table[SingleLabelOutputs]):
    """Counts of predicted classes (columns) for each true class (rows).

    Args:
        num_classes: K; above `LIMIT` nothing is counted.
    """

    name = "confusion"
    keys = ("matrix",)

    def __init__(self, num_classes: int) -> None:
        size = num_classes if num_classes <= LIMIT else 0
        self.matrix = np.zeros((size, size), np.int64)

    def update(self, outputs: SingleLabelOutputs) -> None:
        """Count one batch."""
        if len(self.matrix):
            np.add.at(self.matrix, (outputs.labels, outputs.predicted), 1)

    def compute(self, class_names: Sequence[str]) -> Optional[List[Any]]:
        """Return the matrix as lists; None above `LIMIT` classes."""
        rows: List[Any] = self.matrix.tolist()
        return rows or None
