# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Focal loss, for data with many easy examples."""

from __future__ import annotations

from typing import Optional, Sequence

import paddle

from ppclas_core.engine.losses import log_softmax, probabilities
from ppclas_core.errors import UserError


class FocalLoss:
    """-(1 - p) ** gamma * log p of the true class under a softmax, batch mean. Source: Focal loss (2017).

    Args:
        gamma: how much the well recognised are faded out; 0 is cross-entropy.
        class_weights: factor of each class's part of the target.
    """

    def __init__(self, gamma: float = 2.0, class_weights: Optional[Sequence[float]] = None) -> None:
        if gamma < 0:
            raise UserError(f"gamma of FocalLoss is {gamma}; it must be 0 or more", where="LOSS.params.gamma")
        self.gamma = gamma
        self.class_weights = None if class_weights is None else list(class_weights)

    def __call__(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """(N, K) logits and indices (N,) int64, or probabilities (N, K) float32 -> 0-D float32."""
        log_p = log_softmax(logits)
        weight = probabilities(target, logits.shape[-1])
        if self.gamma:
            missing = (1.0 - log_p.exp()).clip(min=1e-12)  # the gradient of 0 ** gamma need not be a number
            weight = weight * missing**self.gamma
        if self.class_weights is not None:
            weight = weight * paddle.to_tensor(self.class_weights, dtype="float32")
        return -(weight * log_p).sum(axis=-1).mean()
