# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Loss of a training step, over all outputs of a model; the target is the labels or the output of a teacher."""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple, Union

import numpy as np
import paddle

from ppclas_core.losses.mixed_labels import Labels, LossFunction, Mixed, mixed_loss

Output = Union[paddle.Tensor, Sequence[paddle.Tensor]]
"""Output of a model: logits (N, K), or (main, aux...) logits."""


def training_loss(
    loss: LossFunction,
    output: Output,
    labels: Labels,
    mixed: Optional[Mixed],
    aux_weights: Sequence[float] = (),
    teacher_first: bool = False,
) -> Tuple[paddle.Tensor, paddle.Tensor]:
    """Return the loss over all outputs of a model, and the logits of the main output.

    Args:
        loss: the loss.
        output: logits, or (main, aux...) logits; with `teacher_first` the logits of the teacher come first.
        labels: labels of the batch, see `Batch`.
        mixed: mixed labels of the batch, see `Batch`.
        aux_weights: weight of each output after the main one.
        teacher_first: the first output is the target of all others and is detached; labels are ignored.

    Raises:
        ValueError: the number of outputs is not that of the record.
        TypeError: the loss did not return a 0-D tensor.
    """
    outputs: List[paddle.Tensor] = list(output) if isinstance(output, (list, tuple)) else [output]
    target = outputs.pop(0).detach() if teacher_first else None
    if len(outputs) != 1 + len(aux_weights):
        raise ValueError(f"the model returned {len(outputs)} outputs; its record has {len(aux_weights)} aux_weights")

    def compare(logits: paddle.Tensor) -> paddle.Tensor:
        return mixed_loss(loss, logits, labels, mixed) if target is None else loss(logits, target)

    total = compare(outputs[0])
    for weight, logits in zip(aux_weights, outputs[1:]):
        total = total + weight * compare(logits)
    if not isinstance(total, paddle.Tensor):
        raise TypeError(f"it returned a {type(total).__name__}, not a tensor")
    if np.prod(total.shape) != 1:
        raise TypeError(f"it returned a tensor of shape {list(total.shape)}, not a 0-D tensor")
    return total, outputs[0]


def checked_output(output: Output) -> Output:
    """Return the output of a model.

    Raises:
        TypeError: it is neither a tensor nor a sequence of tensors.
    """
    for each in output if isinstance(output, (list, tuple)) else [output]:
        if not isinstance(each, paddle.Tensor):
            raise TypeError(f"forward() returned a {type(each).__name__}, not a tensor")
    return output
