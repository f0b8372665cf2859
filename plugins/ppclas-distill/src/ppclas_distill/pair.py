# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The layer that training calls: student and teachers on the same images."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, ContextManager, List, Optional, Sequence, Tuple

import numpy as np
import paddle
from paddle import nn

from ppclas_distill.losses import log_softmax
from ppclas_distill.place import moved, on_device
from ppclas_distill.teacher_cache import TeacherCache


class Pair(nn.Layer):
    """Gives the logits of the teacher and then all outputs of the student.

    Several teachers count as one whose probabilities are the mean of theirs. In mode `batch` the batch norms of a
    teacher normalise with the statistics of the batch, and its dropout is active, as in July 2020; its running
    statistics move, but nothing reads them. In mode `running` a teacher is what it is in evaluation.

    Args:
        student: the model that learns; teachers: get no gradient, and are no part of this layer, so that nothing
            exchanges or saves them.
        bn_mode: `batch` or `running`.
        precision: `float32`, `float16` or `bfloat16` for the teachers; None: that of the student.
        device: where the teachers are; None: where the student is.

    Attributes:
        cache: keeps what the teachers give; None: they compute each time.
        indices: of the samples that come next, for the cache; None: it is not asked.
    """

    def __init__(self, student: Any, teachers: Sequence[Any], bn_mode: str, precision: Optional[str],
                 device: Optional[str] = None) -> None:
        super().__init__()
        self.student = student
        self.teachers: List[Any] = list(teachers)
        self.cache: Optional[TeacherCache] = None
        self.indices: Optional[np.ndarray] = None
        self._precision, self._device = precision, device
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
        if self.cache is None or self.indices is None:
            return self._compute(images)
        rows, there = self.cache.read(self.indices)
        missing = np.flatnonzero(~there)
        if len(missing):
            chosen = images if len(missing) == len(there) else paddle.to_tensor(images.numpy()[missing])
            self.cache.write(self.indices[missing], self._compute(chosen).astype("float32").numpy())
            rows, _ = self.cache.read(self.indices)
        return paddle.to_tensor(rows)

    def _compute(self, images: paddle.Tensor) -> paddle.Tensor:
        with on_device(self._device), paddle.no_grad(), self._autocast():
            here = moved(images, self._device)
            outputs = [teacher(here) for teacher in self.teachers]
            logits = [output[0] if isinstance(output, (list, tuple)) else output for output in outputs]
            found = logits[0].detach() if len(logits) == 1 else mean_probability(logits)
        return moved(found, None if self._device is None else paddle.device.get_device())

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
