# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Expected calibration error: difference between the confidence of a model and its accuracy.

Source: On calibration of modern neural networks (2017).
"""

from __future__ import annotations

import numpy as np

from ppclas_core.metrics.metric import ArrayCounts, Metric
from ppclas_core.metrics.outputs import SingleLabelOutputs

BINS = 15
"""Number of bins of confidence, all of the same width."""


class CalibrationError(ArrayCounts, Metric[SingleLabelOutputs]):
    """Mean over samples of |accuracy - mean confidence| of the bin that contains the sample's confidence.

    Attributes:
        bins: (BINS, 3) float64: number of samples, sum of their confidences, number of correct predictions.
    """

    name = "ece"
    mode = "min"
    keys = ("bins",)

    def __init__(self) -> None:
        self.bins = np.zeros((BINS, 3))

    def update(self, outputs: SingleLabelOutputs) -> None:
        """Add the samples of one batch to their bins."""
        correct = outputs.predicted == outputs.labels
        confidence = np.nan_to_num(outputs.probabilities.max(axis=1))
        index = np.minimum((confidence * BINS).astype(int), BINS - 1)
        np.add.at(self.bins, index, np.stack([np.ones(len(correct)), confidence, correct], axis=1))

    def compute(self) -> float:
        """Return the error in 0..1."""
        samples, confidence, correct = self.bins.T
        return float(np.abs(correct - confidence).sum() / max(samples.sum(), 1.0))
