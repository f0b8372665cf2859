# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Cross-entropy, and the one rule by which any loss meets mixed labels and several outputs."""

from __future__ import annotations

from typing import Any, Callable, List, Optional, Sequence, Tuple, Union

import paddle
import paddle.nn.functional as F

from ppclas_core.losses.label_smoothing import smooth_cross_entropy, smoothing_ratio

LossFunction = Callable[[paddle.Tensor, paddle.Tensor], paddle.Tensor]
Mixed = Tuple[Any, Any, Any]


class CELoss:
    """Cross-entropy of a softmax, batch mean, in float32 whatever the precision of the logits.

    Args:
        epsilon: label smoothing: targets become (1 - epsilon) * target + epsilon / num_classes. Active in 0..1;
            any other value, and None, switch it off. Source: Inception-v3 (2016).
        class_weights: factor of each class's part of the target; the sum is still divided by the number of images.
    """

    def __init__(self, epsilon: Optional[float] = None, class_weights: Optional[Sequence[float]] = None) -> None:
        self.epsilon = smoothing_ratio(epsilon)
        self.class_weights = None if class_weights is None else list(class_weights)

    def __call__(self, logits: paddle.Tensor, target: paddle.Tensor) -> paddle.Tensor:
        """Return the 0-D float32 loss of (N, K) logits and indices (N,) int64, or probabilities (N, K) float32."""
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

    Paddle's own function is not used: on the CPU it clips at -64, which hides how wrong a diverging model is and ends
    its gradient.
    """
    shifted = logits.astype("float32")
    shifted = shifted - shifted.detach().max(axis=-1, keepdim=True)
    return shifted - shifted.exp().sum(axis=-1, keepdim=True).log()


def target_probabilities(target: paddle.Tensor, classes: int) -> paddle.Tensor:
    """Return targets as (N, classes) float32: indices (N,) int64 as one-hot, (N, classes) as they are."""
    return target.astype("float32") if target.ndim == 2 else F.one_hot(target, classes)


def mixed_loss(loss: LossFunction, logits: paddle.Tensor, labels: Any, mixed: Optional[Mixed]) -> paddle.Tensor:
    """`loss` of a batch whose images may be blends of two.

    Args:
        logits: (N, K).
        labels: (N,) int64, or multi-hot (N, K) float32; used when `mixed` is None.
        mixed: (y_a, y_b, lam): two arrays like `labels` and the share of the first, in 0..1, one for the batch or one
            per sample (N,).

    Returns:
        0-D tensor: lam * loss(y_a) + (1 - lam) * loss(y_b); of one share per sample, multi-hot labels, and a loss whose
        `blends` is True, the loss of the target lam * y_a + (1 - lam) * y_b, which for a linear loss is the same.
    """
    if mixed is None:
        return loss(logits, _tensor(labels))
    y_a, y_b, lam = _tensor(mixed[0]), _tensor(mixed[1]), mixed[2]
    if getattr(lam, "ndim", 0) or y_a.ndim == 2 or getattr(loss, "blends", False):
        share = paddle.to_tensor(lam, dtype="float32").reshape([-1, 1])
        first, second = (target_probabilities(labels, logits.shape[-1]) for labels in (y_a, y_b))
        return loss(logits, share * first + (1.0 - share) * second)
    return float(lam) * loss(logits, y_a) + (1.0 - float(lam)) * loss(logits, y_b)


def training_loss(
    loss: LossFunction,
    output: Union[paddle.Tensor, Sequence[paddle.Tensor]],
    labels: Any,
    mixed: Optional[Mixed],
    aux_weights: Sequence[float] = (),
    teacher_first: bool = False,
) -> Tuple[paddle.Tensor, paddle.Tensor]:
    """The loss of all outputs of a model, and the logits of its main one.

    Args:
        output: logits, or (main, aux...) logits; with `teacher_first` those of a teacher stand before them.
        aux_weights: weight of each output after the first.
        teacher_first: the first output is the target of all others, and no gradient flows through it; labels have no
            part.

    Raises:
        ValueError: the model gives another number of outputs than its record says.
    """
    outputs: List[Any] = list(output) if isinstance(output, (list, tuple)) else [output]
    target = outputs.pop(0).detach() if teacher_first else None
    if len(outputs) != 1 + len(aux_weights):
        raise ValueError(f"the model gives {len(outputs)} outputs; its record has {len(aux_weights)} aux_weights")

    def compare(logits: paddle.Tensor) -> paddle.Tensor:
        return mixed_loss(loss, logits, labels, mixed) if target is None else loss(logits, target)

    total = compare(outputs[0])
    for weight, logits in zip(aux_weights, outputs[1:]):
        total = total + weight * compare(logits)
    return total, outputs[0]


def _tensor(labels: Any) -> paddle.Tensor:
    if isinstance(labels, paddle.Tensor):
        return labels
    return paddle.to_tensor(labels, dtype="float32" if getattr(labels, "ndim", 1) == 2 else "int64")
