# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Focal loss, for data with many easy examples."""

from __future__ import annotations

from typing import Optional, Sequence

import paddle

from ppclas_core.errors import UserError
from ppclas_core.losses.binary_cross_entropy import surprises
from ppclas_core.losses.cross_entropy import log_softmax, probabilities


class FocalLoss:
    """-(1 - p) ** gamma * log p of the true class under a softmax, batch mean. Source: Focal loss (2017).

    With `sigmoid`, as in that paper, every class is a question of its own: p is the sigmoid score of the right answer,
    yes or no, and the mean is over classes and images.

    Args:
        gamma: how much the well recognised are faded out; 0 is cross-entropy.
        sigmoid: a question per class. `task: multilabel` needs it, and sets it.
        class_weights: factor of each class's part of the target, with `sigmoid` of each class.
        pos_weight: with `sigmoid`: factor of the part that asks for the class, of each class.
    """

    def __init__(self, gamma: float = 2.0, sigmoid: bool = False, class_weights: Optional[Sequence[float]] = None,
                 pos_weight: Optional[Sequence[float]] = None) -> None:
        if gamma < 0:
            raise UserError(f"gamma of FocalLoss is {gamma}; it must be 0 or more", where="LOSS.params.gamma")
        if pos_weight is not None and not sigmoid:
            raise UserError("pos_weight of FocalLoss has no effect without sigmoid", where="LOSS.params.pos_weight")
        self.gamma, self.sigmoid = gamma, sigmoid
        self.class_weights = None if class_weights is None else list(class_weights)
        self.pos_weight = None if pos_weight is None else list(pos_weight)

    def __call__(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """(N, K) logits and indices (N,) int64, or probabilities (N, K) float32 -> 0-D float32."""
        wanted = probabilities(target, logits.shape[-1])
        if self.sigmoid:
            return self._questions(logits.astype("float32"), wanted)
        log_p = log_softmax(logits)
        weight = self._faded(wanted, -log_p)
        if self.class_weights is not None:
            weight = weight * paddle.to_tensor(self.class_weights, dtype="float32")
        return -(weight * log_p).sum(axis=-1).mean()

    def _questions(self, z: paddle.Tensor, wanted: paddle.Tensor) -> paddle.Tensor:
        yes, no = surprises(z)
        asked = wanted if self.pos_weight is None else wanted * paddle.to_tensor(self.pos_weight, dtype="float32")
        loss = self._faded(asked, yes) * yes + self._faded(1.0 - wanted, no) * no
        if self.class_weights is not None:
            loss = loss * paddle.to_tensor(self.class_weights, dtype="float32")
        return loss.mean()

    def _faded(self, weight: paddle.Tensor, surprise: paddle.Tensor) -> paddle.Tensor:
        """`weight` times (1 - p) ** gamma, where `surprise` is -log p."""
        if not self.gamma:
            return weight
        missing = (1.0 - (-surprise).exp()).clip(min=1e-12)  # the gradient of 0 ** gamma need not be a number
        return weight * missing**self.gamma
