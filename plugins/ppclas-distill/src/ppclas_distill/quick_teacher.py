# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A teacher on the CPU by Paddle Inference, several times faster than the network itself: it never changes."""

from __future__ import annotations

import contextlib
from typing import Any, List

import paddle

from ppclas_core.training import FROM_IMAGES, Quick


def quick_teachers(teachers: List[Any], run: Any) -> List[Any]:
    """The same teachers in Paddle Inference where that pays and agrees, in evaluation mode and float32.

    The first batch of the first epoch decides, also in a resumed run, so that both are answered alike.
    """
    if paddle.device.get_device() != "cpu" or len(run.loader.source) * run.epochs < FROM_IMAGES:
        return teachers
    with contextlib.closing(run.loader.epoch(0)) as batches:
        images = paddle.to_tensor(next(batches).images)
    return [QuickTeacher(teacher, images, run) for teacher in teachers]


class QuickTeacher:
    """Answers by the runtime for images of one size, by the network itself for others.

    Args:
        model: a frozen network; images: (N, C, H, W) float32, on which the two are compared.
    """

    def __init__(self, model: Any, images: paddle.Tensor, run: Any) -> None:
        self._model, self._shape = model, list(images.shape[1:])
        model.eval()
        self._quick = Quick(model, run.rank, "teacher")
        with paddle.no_grad():
            self._quick(images)  # exports and compares; the first answer is the network's own

    def __call__(self, images: paddle.Tensor) -> paddle.Tensor:
        """(N, C, H, W) float32 -> logits (N, K) float32."""
        return (self._quick if list(images.shape[1:]) == self._shape else self._model)(images)
