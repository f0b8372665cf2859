# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The layer that training calls: it runs student and teachers on the same batch."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, Callable, ContextManager, List, Optional, Sequence, Tuple

import numpy as np
import paddle
from paddle import nn

from ppclas_distill.device import on_device, to_device
from ppclas_distill.losses import log_softmax
from ppclas_distill.teacher_cache import TeacherCache

Network = Callable[[paddle.Tensor], Any]
"""A network, or its runtime: maps images to logits, or to a list that begins with them."""


class Pair(nn.Layer):
    """Layer that outputs the logits of the teacher and then all outputs of the student.

    The probabilities of several teachers are averaged. With bn_mode `batch` a teacher is in training mode: batch norms
    use the statistics of the batch, dropout is active, and the running statistics are updated but not used. With
    bn_mode `running` a teacher is in evaluation mode.

    Args:
        student: the trained model.
        teachers: the teachers, which are frozen. They are not sublayers, so they are neither saved nor synchronized.
        bn_mode: `batch` or `running`.
        precision: `float32`, `float16` or `bfloat16` for the teachers; None: that of the student.
        device: device of the teachers; None: that of the student.

    Attributes:
        teachers: the teachers, or the runtimes that replace them.
        cache: cache of the teachers' outputs; None: no cache.
        indices: sample indices of the next batch, for the cache; None: the cache is not used.
    """

    def __init__(self, student: nn.Layer, teachers: Sequence[nn.Layer], bn_mode: str, precision: Optional[str],
                 device: Optional[str] = None) -> None:
        super().__init__()
        self.student = student
        self.teachers: List[Network] = list(teachers)
        self.cache: Optional[TeacherCache] = None
        self.indices: Optional[np.ndarray] = None
        self._precision = precision
        self._device = device
        for teacher in teachers:
            teacher.train() if bn_mode == "batch" else teacher.eval()
            for parameter in teacher.parameters():
                parameter.stop_gradient = True

    def forward(self, images: paddle.Tensor) -> Tuple[paddle.Tensor, ...]:
        """Return the logits (N, K) of teacher, student and the student's auxiliary heads for (N, C, H, W) float32."""
        output = self.student(images)  # first, so that its dropout draws the same random numbers as without a teacher
        outputs = tuple(output) if isinstance(output, (list, tuple)) else (output,)
        return (self.teacher_logits(images), *outputs)

    def teacher_logits(self, images: paddle.Tensor) -> paddle.Tensor:
        """Return the teachers' logits (N, K) for (N, C, H, W) float32: of several, the log of the mean probability."""
        if self.cache is None or self.indices is None:
            return self._compute(images)
        rows, valid = self.cache.read(self.indices)
        missing = np.flatnonzero(~valid)
        if len(missing):
            chosen = images if len(missing) == len(valid) else paddle.to_tensor(images.numpy()[missing])
            self.cache.write(self.indices[missing], self._compute(chosen).astype("float32").numpy())
            rows, _ = self.cache.read(self.indices)
        return paddle.to_tensor(rows)

    def _compute(self, images: paddle.Tensor) -> paddle.Tensor:
        with on_device(self._device), paddle.no_grad(), self._autocast():
            inputs = to_device(images, self._device)
            outputs = [teacher(inputs) for teacher in self.teachers]
            logits = [output[0] if isinstance(output, (list, tuple)) else output for output in outputs]
            found = logits[0].detach() if len(logits) == 1 else mean_probability(logits)
        return to_device(found, None if self._device is None else paddle.device.get_device())

    def _autocast(self) -> ContextManager[Any]:
        if self._precision is None:
            return nullcontext()
        lower = self._precision != "float32"
        dtype = self._precision if lower else "float16"  # auto_cast needs a valid dtype even if disabled
        context: ContextManager[Any] = paddle.amp.auto_cast(enable=lower, dtype=dtype, level="O1")
        return context


def mean_probability(logits: Sequence[paddle.Tensor]) -> paddle.Tensor:
    """Return float32 logits (N, K) whose softmax is the mean of the softmaxes of several networks' logits (N, K)."""
    with paddle.no_grad():
        logs = paddle.stack([log_softmax(each) for each in logits])
        highest = logs.max(axis=0)
        return (highest + (logs - highest).exp().mean(axis=0).log()).astype("float32")
