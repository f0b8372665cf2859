# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Expected calibration error: how far the confidence of a model is from its accuracy.

Source: On calibration of modern neural networks (2017).
"""

from __future__ import annotations

import numpy as np

BINS = 15


class Calibration:
    """Sums per bin of confidence, all of the same width.

    Attributes:
        bins: (BINS, 3) float64: samples, sum of their confidence, how many were right.
    """

    def __init__(self) -> None:
        self.bins = np.zeros((BINS, 3))

    def add(self, logits: np.ndarray, right: np.ndarray) -> None:
        """Count one batch.

        Args:
            logits: (N, K) float32; right: (N,) bool, whether the highest logit was the true class.
        """
        shifted = np.exp((logits - logits.max(axis=1, keepdims=True)).astype(np.float64))
        confidence = np.nan_to_num(shifted.max(axis=1) / shifted.sum(axis=1))
        place = np.minimum((confidence * BINS).astype(int), BINS - 1)
        np.add.at(self.bins, place, np.stack([np.ones(len(right)), confidence, right], axis=1))

    def error(self) -> float:
        """Mean over samples of |accuracy - confidence| of their bin, in 0..1; 0 before the first sample."""
        samples, confidence, right = self.bins.T
        return float(np.abs(right - confidence).sum() / max(samples.sum(), 1.0))
