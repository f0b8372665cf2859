# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The layer that training calls: student and teachers on the same images."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, ContextManager, Optional, Sequence, Tuple

import paddle
from paddle import nn

from ppclas_distill.losses import log_softmax


class Pair(nn.Layer):
    """Gives the logits of the teacher and then all outputs of the student.

    Several teachers count as one whose probabilities are the mean of theirs. In mode `batch` the batch norms of a
    teacher normalise with the statistics of the batch, and its dropout is active, as in July 2020; its running
    statistics move, but nothing reads them. In mode `running` a teacher is what it is in evaluation.

    Args:
        student: the model that learns; teachers: get no gradient.
        bn_mode: `batch` or `running`.
        precision: `float32`, `float16` or `bfloat16` for the teachers; None: that of the student.
    """

    def __init__(self, student: Any, teachers: Sequence[Any], bn_mode: str, precision: Optional[str]) -> None:
        super().__init__()
        self.student, self.teachers = student, nn.LayerList(list(teachers))
        self._precision = precision
        for teacher in self.teachers:
            teacher.train() if bn_mode == "batch" else teacher.eval()
            for parameter in teacher.parameters():
                parameter.stop_gradient = True

    def forward(self, images: paddle.Tensor) -> Tuple[paddle.Tensor, ...]:
        """(N, C, H, W) float32 -> (teacher, student, auxiliary outputs of the student...) logits (N, K)."""
        output = self.student(images)  # first: its dropout draws what it would draw without a teacher
        outputs = tuple(output) if isinstance(output, (list, tuple)) else (output,)
        return (self.teach(images), *outputs)

    def teach(self, images: paddle.Tensor) -> paddle.Tensor:
        """(N, C, H, W) float32 -> logits (N, K) of the teachers; of several, the logarithm of the mean probability."""
        with paddle.no_grad(), self._autocast():
            outputs = [teacher(images) for teacher in self.teachers]
        logits = [output[0] if isinstance(output, (list, tuple)) else output for output in outputs]
        if len(logits) == 1:
            return logits[0].detach()
        return mean_probability(logits)

    def _autocast(self) -> ContextManager[Any]:
        if self._precision is None:
            return nullcontext()
        lower = self._precision != "float32"
        dtype = self._precision if lower else "float16"  # names a type also where it is switched off
        context: ContextManager[Any] = paddle.amp.auto_cast(enable=lower, dtype=dtype, level="O1")
        return context


@paddle.no_grad()
def mean_probability(logits: Sequence[paddle.Tensor]) -> paddle.Tensor:
    """Logits (N, K) of several networks -> float32 logits (N, K) whose softmax is the mean of their softmaxes."""
    logs = paddle.stack([log_softmax(each) for each in logits])
    highest = logs.max(axis=0)
    return (highest + (logs - highest).exp().mean(axis=0).log()).astype("float32")
