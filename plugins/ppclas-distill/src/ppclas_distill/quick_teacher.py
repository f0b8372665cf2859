# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Frozen teachers exported to Paddle Inference, which is several times faster on the CPU than dynamic graphs."""

from __future__ import annotations

import contextlib
from typing import Any, List

import paddle

from ppclas_core.training import FROM_IMAGES, Quick


def quick_teachers(teachers: List[Any], run: Any) -> List[Any]:
    """Return the teachers in Paddle Inference if the outputs agree and the run is long enough to pay for the export.

    Teachers must be in evaluation mode and float32. The first batch of epoch 0 is compared, also in a resumed run, so
    that the decision is the same.
    """
    if paddle.device.get_device() != "cpu" or len(run.loader.source) * run.epochs < FROM_IMAGES:
        return teachers
    with contextlib.closing(run.loader.epoch(0)) as batches:
        images = paddle.to_tensor(next(batches).images)
    return [QuickTeacher(teacher, images, run) for teacher in teachers]


class QuickTeacher:
    """Teacher that uses the runtime for images of one size and the network for others.

    Args:
        model: a frozen network.
        images: (N, C, H, W) float32, on which network and runtime are compared.
        run: the training run.
    """

    def __init__(self, model: Any, images: paddle.Tensor, run: Any) -> None:
        self._model, self._shape = model, list(images.shape[1:])
        model.eval()
        self._quick = Quick(model, run.rank, "teacher")
        with paddle.no_grad():
            self._quick(images)  # exports and compares; the first output is that of the network

    def __call__(self, images: paddle.Tensor) -> paddle.Tensor:
        """Return the logits (N, K) float32 of images (N, C, H, W) float32."""
        return (self._quick if list(images.shape[1:]) == self._shape else self._model)(images)
