# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Focal loss, for data with many easy examples."""

from __future__ import annotations

from typing import Optional, Sequence

import paddle

from ppclas_core.errors import UserError
from ppclas_core.losses.binary_cross_entropy import binary_cross_entropies
from ppclas_core.losses.cross_entropy import log_softmax, target_probabilities


class FocalLoss:
    """Focal loss: -(1 - p) ** gamma * log p, where p is the softmax of the true class, mean over the batch.

    With `sigmoid` every class is binary: p is the sigmoid score of its true value, and the mean is over classes and
    images. Source, for the binary form: Focal loss (2017).

    Args:
        gamma: exponent, 0 or more; a higher one reduces the weight of well-classified examples, and 0 gives
            cross-entropy.
        sigmoid: use the binary loss of every class; `task: multilabel` sets it.
        class_weights: factor of the term of each class.
        pos_weight: factor of the positive term of each class; only with `sigmoid`.
    """

    def __init__(self, gamma: float = 2.0, sigmoid: bool = False, class_weights: Optional[Sequence[float]] = None,
                 pos_weight: Optional[Sequence[float]] = None) -> None:
        if gamma < 0:
            raise UserError(f"gamma of FocalLoss is {gamma}; it must be 0 or more", where="LOSS.params.gamma")
        if pos_weight is not None and not sigmoid:
            raise UserError("pos_weight of FocalLoss has no effect without sigmoid", where="LOSS.params.pos_weight")
        self.gamma = gamma
        self.sigmoid = sigmoid
        self.class_weights = None if class_weights is None else list(class_weights)
        self.pos_weight = None if pos_weight is None else list(pos_weight)

    def __call__(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """Return the 0-D float32 loss of (N, K) logits for class indices (N,) int64 or probabilities (N, K) float32."""
        targets = target_probabilities(target, logits.shape[-1])
        if self.sigmoid:
            return self._binary_loss(logits.astype("float32"), targets)
        log_p = log_softmax(logits)
        weight = self._focus(targets, -log_p)
        if self.class_weights is not None:
            weight = weight * paddle.to_tensor(self.class_weights, dtype="float32")
        return -(weight * log_p).sum(axis=-1).mean()

    def _binary_loss(self, z: paddle.Tensor, targets: paddle.Tensor) -> paddle.Tensor:
        positive, negative = binary_cross_entropies(z)
        weight = targets if self.pos_weight is None else targets * paddle.to_tensor(self.pos_weight, dtype="float32")
        loss = self._focus(weight, positive) * positive + self._focus(1.0 - targets, negative) * negative
        if self.class_weights is not None:
            loss = loss * paddle.to_tensor(self.class_weights, dtype="float32")
        return loss.mean()

    def _focus(self, weight: paddle.Tensor, cross_entropy: paddle.Tensor) -> paddle.Tensor:
        """Return `weight` times (1 - p) ** gamma, where `cross_entropy` is -log p."""
        if not self.gamma:
            return weight
        error = (1.0 - (-cross_entropy).exp()).clip(min=1e-12)  # for gamma < 1 the gradient of 0 ** gamma is infinite
        return weight * error**self.gamma
