# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Cross-entropy with softmax."""

from __future__ import annotations

from typing import Optional, Sequence

import paddle
import paddle.nn.functional as F

from ppclas_core.losses.label_smoothing import smooth_cross_entropy, smoothing_ratio


class CELoss:
    """Cross-entropy with softmax, mean over the batch, in float32 for logits of any precision.

    Args:
        epsilon: label smoothing: targets become (1 - epsilon) * target + epsilon / num_classes. It is active in 0..1
            and off for None and any other value. Source: Inception-v3 (2016).
        class_weights: factor of the term of each class; the sum is still divided by the number of images.
    """

    def __init__(self, epsilon: Optional[float] = None, class_weights: Optional[Sequence[float]] = None) -> None:
        self.epsilon = smoothing_ratio(epsilon)
        self.class_weights = None if class_weights is None else list(class_weights)

    def __call__(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """Return the 0-D float32 loss of (N, K) logits for class indices (N,) int64 or probabilities (N, K) float32."""
        log_p = log_softmax(logits)
        if self.class_weights is not None:
            log_p = log_p * paddle.to_tensor(self.class_weights, dtype="float32")
        if target.ndim == 2:
            picked = -(target * log_p).sum(axis=-1)
        else:
            picked = -paddle.take_along_axis(log_p, target.unsqueeze(-1), axis=-1).squeeze(-1)
        return smooth_cross_entropy(picked, log_p, self.epsilon).mean()


def log_softmax(logits: paddle.Tensor) -> paddle.Tensor:
    """Return the (N, K) float32 log-probabilities of (N, K) logits.

    The function of Paddle is not used: on the CPU it clips at -64, which hides the divergence of a model and makes its
    gradient 0.
    """
    shifted = logits.astype("float32")
    shifted = shifted - shifted.detach().max(axis=-1, keepdim=True)
    return shifted - shifted.exp().sum(axis=-1, keepdim=True).log()


def target_probabilities(target: paddle.Tensor, classes: int) -> paddle.Tensor:
    """Return targets as (N, classes) float32: class indices (N,) int64 as one-hot rows, (N, classes) unchanged."""
    return target.astype("float32") if target.ndim == 2 else F.one_hot(target, classes)
