# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""How any loss is applied to mixed labels."""

from __future__ import annotations

from typing import Any, Callable, Optional, Tuple

import paddle

from ppclas_core.losses.cross_entropy import target_probabilities

LossFunction = Callable[[paddle.Tensor, paddle.Tensor], paddle.Tensor]
Mixed = Tuple[Any, Any, Any]


def mixed_loss(loss: LossFunction, logits: paddle.Tensor, labels: Any, mixed: Optional[Mixed]) -> paddle.Tensor:
    """Return the loss of a batch whose images may be mixed from two.

    It is lambda * loss(y_a) + (1 - lambda) * loss(y_b). With one lambda per sample, with label sets, and for a loss
    whose `blends` is True it is the loss of the target lambda * y_a + (1 - lambda) * y_b, which is the same for a
    linear loss.

    Args:
        logits: (N, K).
        labels: (N,) int64, or multi-hot (N, K) float32; used when `mixed` is None.
        mixed: (y_a, y_b, lambda): two arrays like `labels`, and the weight of the first in 0..1, one for the batch or
            one per sample (N,).

    Returns:
        0-D tensor.
    """
    if mixed is None:
        return loss(logits, _tensor(labels))
    y_a, y_b, lam = _tensor(mixed[0]), _tensor(mixed[1]), mixed[2]
    if getattr(lam, "ndim", 0) or y_a.ndim == 2 or getattr(loss, "blends", False):
        weight = paddle.to_tensor(lam, dtype="float32").reshape([-1, 1])
        first, second = (target_probabilities(labels, logits.shape[-1]) for labels in (y_a, y_b))
        return loss(logits, weight * first + (1.0 - weight) * second)
    return float(lam) * loss(logits, y_a) + (1.0 - float(lam)) * loss(logits, y_b)


def _tensor(labels: Any) -> paddle.Tensor:
    if isinstance(labels, paddle.Tensor):
        return labels
    return paddle.to_tensor(labels, dtype="float32" if getattr(labels, "ndim", 1) == 2 else "int64")
