# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Binary cross-entropy over all classes."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

import paddle
import paddle.nn.functional as F

from ppclas_core.losses.cross_entropy import target_probabilities
from ppclas_core.losses.label_smoothing import smooth_binary_targets, smoothing_ratio


class BCELoss:
    """Binary cross-entropy of one sigmoid per class, mean over classes and images, in float32.

    It suits multi-label images (`task: multilabel`), and mixed images, where the targets of both classes can be 1.
    Source for images of one class each: ResNet strikes back (2021).

    Args:
        threshold: targets above it become 1, others 0 (0.2 is usual with mixing ops); None keeps the targets.
        epsilon: label smoothing: each target t becomes t * (1 - epsilon) + epsilon / 2, after `threshold`. It is
            active in 0..1 and off for None and any other value.
        class_weights: factor of the loss of each class.
        pos_weight: factor of the positive term of each class; above 1 it raises recall, below 1 precision.
    """

    def __init__(self, threshold: Optional[float] = None, epsilon: Optional[float] = None,
                 class_weights: Optional[Sequence[float]] = None, pos_weight: Optional[Sequence[float]] = None) -> None:
        self.threshold = threshold
        self.blends = threshold is not None  # the threshold applies to the blended target
        self.epsilon = smoothing_ratio(epsilon)
        self.class_weights = None if class_weights is None else list(class_weights)
        self.pos_weight = None if pos_weight is None else list(pos_weight)

    def __call__(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """Return the 0-D float32 loss of (N, K) logits for class indices (N,) int64 or (N, K) float32 in 0..1."""
        z = logits.astype("float32")
        targets = target_probabilities(target, logits.shape[-1])
        if self.threshold is not None:
            targets = (targets > self.threshold).astype("float32")
        targets = smooth_binary_targets(targets, self.epsilon)
        if self.pos_weight is None:
            loss = F.relu(z) - z * targets + (-z.abs()).exp().log1p()
        else:
            positive, negative = binary_cross_entropies(z)
            weight = paddle.to_tensor(self.pos_weight, dtype="float32")
            loss = weight * targets * positive + (1.0 - targets) * negative
        if self.class_weights is not None:
            loss = loss * paddle.to_tensor(self.class_weights, dtype="float32")
        return loss.mean()


def binary_cross_entropies(z: paddle.Tensor) -> Tuple[paddle.Tensor, paddle.Tensor]:
    """Return -log p and -log(1 - p) of p = sigmoid(z), each of the shape of z, computed without overflow."""
    log_term = (-z.abs()).exp().log1p()
    return F.relu(-z) + log_term, F.relu(z) + log_term
