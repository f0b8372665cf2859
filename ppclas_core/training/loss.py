# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The loss of a training step: of all outputs of a model, against labels or a teacher."""

from __future__ import annotations

from typing import Any, List, Optional, Sequence, Tuple, Union

import paddle

from ppclas_core.losses.mixed_labels import LossFunction, Mixed, mixed_loss


def training_loss(
    loss: LossFunction,
    output: Union[paddle.Tensor, Sequence[paddle.Tensor]],
    labels: Any,
    mixed: Optional[Mixed],
    aux_weights: Sequence[float] = (),
    teacher_first: bool = False,
) -> Tuple[paddle.Tensor, paddle.Tensor]:
    """Return the loss over all outputs of a model, and the logits of its main output.

    Args:
        output: logits, or (main, aux...) logits; with `teacher_first` those of a teacher stand before them.
        labels, mixed: see `Batch`.
        aux_weights: weight of each output after the first.
        teacher_first: the first output is the target of all others, and no gradient flows through it; labels are not
            used.

    Raises:
        ValueError: the model gives another number of outputs than its record says.
        TypeError: the loss is no tensor.
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
    if not isinstance(total, paddle.Tensor):
        raise TypeError(f"it gave a {type(total).__name__}, not a tensor")
    return total, outputs[0]
