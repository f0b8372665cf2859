# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Binary cross-entropy: every class is a question of its own."""

from __future__ import annotations

from typing import Optional, Sequence

import paddle
import paddle.nn.functional as F

from ppclas_core.engine.losses import probabilities


class BCELoss:
    """Cross-entropy of a sigmoid per class, mean over classes and images, in float32.

    Good for images with several classes at once, and for mixed ones, where it asks for both classes in full.
    Source for single labels: ResNet strikes back (2021).

    Args:
        threshold: targets above it become 1, others 0 (0.2 is usual with mixing ops); None keeps the shares.
        class_weights: factor of each class.
    """

    def __init__(self, threshold: Optional[float] = None, class_weights: Optional[Sequence[float]] = None) -> None:
        self.threshold = threshold
        self.class_weights = None if class_weights is None else list(class_weights)

    def __call__(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """(N, K) logits and indices (N,) int64, or values (N, K) in 0..1 float32 -> 0-D float32."""
        z, wanted = logits.astype("float32"), probabilities(target, logits.shape[-1])
        if self.threshold is not None:
            wanted = (wanted > self.threshold).astype("float32")
        loss = F.relu(z) - z * wanted + (-z.abs()).exp().log1p()
        if self.class_weights is not None:
            loss = loss * paddle.to_tensor(self.class_weights, dtype="float32")
        return loss.mean()
