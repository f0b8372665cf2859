# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Binary cross-entropy: every class is a question of its own."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

import paddle
import paddle.nn.functional as F

from ppclas_core.losses.cross_entropy import probabilities


class BCELoss:
    """Cross-entropy of a sigmoid per class, mean over classes and images, in float32.

    For images with several classes at once (`task: multilabel`), and for mixed ones, where it asks for both classes in
    full. Source for single labels: ResNet strikes back (2021).

    Args:
        threshold: targets above it become 1, others 0 (0.2 is usual with mixing ops); None keeps the shares.
        epsilon: label smoothing of each question between yes and no: targets become (1 - epsilon) * target +
            epsilon / 2, after `threshold`. Active in 0..1; any other value, and None, switch it off.
        class_weights: factor of each class.
        pos_weight: factor of the part that asks for the class, of each class: above 1 it finds more, below 1 less.
    """

    def __init__(self, threshold: Optional[float] = None, epsilon: Optional[float] = None,
                 class_weights: Optional[Sequence[float]] = None, pos_weight: Optional[Sequence[float]] = None) -> None:
        self.threshold = threshold
        self.blends = threshold is not None  # the threshold looks at the blend of two labels, not at each of them
        self.epsilon = epsilon if epsilon is not None and 0.0 <= epsilon <= 1.0 else 0.0
        self.class_weights = None if class_weights is None else list(class_weights)
        self.pos_weight = None if pos_weight is None else list(pos_weight)

    def __call__(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """(N, K) logits and indices (N,) int64, or values (N, K) in 0..1 float32 -> 0-D float32."""
        z, wanted = logits.astype("float32"), probabilities(target, logits.shape[-1])
        if self.threshold is not None:
            wanted = (wanted > self.threshold).astype("float32")
        if self.epsilon:
            wanted = (1.0 - self.epsilon) * wanted + self.epsilon / 2
        if self.pos_weight is None:
            loss = F.relu(z) - z * wanted + (-z.abs()).exp().log1p()
        else:
            yes, no = surprises(z)
            loss = paddle.to_tensor(self.pos_weight, dtype="float32") * wanted * yes + (1.0 - wanted) * no
        if self.class_weights is not None:
            loss = loss * paddle.to_tensor(self.class_weights, dtype="float32")
        return loss.mean()


def surprises(z: paddle.Tensor) -> Tuple[paddle.Tensor, paddle.Tensor]:
    """-log p and -log(1 - p) of p = sigmoid(z), of the same shape, without overflow."""
    rest = (-z.abs()).exp().log1p()
    return F.relu(-z) + rest, F.relu(z) + rest
