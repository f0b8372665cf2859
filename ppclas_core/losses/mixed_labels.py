# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Mixed labels: the loss of a batch whose images are mixed from two."""

from __future__ import annotations

from typing import Callable, Optional, Tuple, Union

import numpy as np
import paddle

from ppclas_core.losses.cross_entropy import target_probabilities

LossFunction = Callable[[paddle.Tensor, paddle.Tensor], paddle.Tensor]
"""(logits (N, K), target) -> 0-D loss."""

Labels = Union[np.ndarray, paddle.Tensor]
Mixed = Tuple[Labels, Labels, Union[float, np.ndarray]]
"""(y_a, y_b, lambda): labels of both images, and the weight of y_a in 0..1, one number or one per sample (N,)."""


def mixed_loss(loss: LossFunction, logits: paddle.Tensor, labels: Labels, mixed: Optional[Mixed]) -> paddle.Tensor:
    """Return the 0-D loss of a batch, whose images may be mixed from two.

    For a mixed batch it is lambda * loss(y_a) + (1 - lambda) * loss(y_b). With one lambda per sample, with label sets,
    and for a loss with the attribute `blends`, it is the loss of the target lambda * y_a + (1 - lambda) * y_b, which is
    the same for a loss that is linear in the target.

    Args:
        loss: the loss.
        logits: (N, K).
        labels: class indices (N,) int64, or multi-hot (N, K) float32; ignored for a mixed batch.
        mixed: labels and weights of a mixed batch, else None.
    """
    if mixed is None:
        return loss(logits, _tensor(labels))
    y_a, y_b, lam = _tensor(mixed[0]), _tensor(mixed[1]), mixed[2]
    if getattr(lam, "ndim", 0) or y_a.ndim == 2 or getattr(loss, "blends", False):
        weight = paddle.to_tensor(lam, dtype="float32").reshape([-1, 1])
        first, second = (target_probabilities(labels, logits.shape[-1]) for labels in (y_a, y_b))
        return loss(logits, weight * first + (1.0 - weight) * second)
    return float(lam) * loss(logits, y_a) + (1.0 - float(lam)) * loss(logits, y_b)


def _tensor(labels: Labels) -> paddle.Tensor:
    if isinstance(labels, paddle.Tensor):
        return labels
    return paddle.to_tensor(labels, dtype="float32" if getattr(labels, "ndim", 1) == 2 else "int64")
