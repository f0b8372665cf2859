# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Frozen teachers in Paddle Inference, which is several times faster on the CPU than dynamic graphs."""

from __future__ import annotations

import contextlib
from typing import List, Sequence

import paddle
from paddle import nn

from ppclas_core.training import FROM_IMAGES, Quick, Trainer
from ppclas_distill.pair import Network


def inference_teachers(teachers: Sequence[nn.Layer], run: Trainer) -> List[Network]:
    """Return runtimes of the teachers; on a GPU or for a short run, where the export does not pay, the networks.

    Teachers must be in evaluation mode and float32. Outputs are compared on the first batch of epoch 0, also in a
    resumed run, so that its decision is the same.
    """
    if paddle.device.get_device() != "cpu" or len(run.loader.source) * run.epochs < FROM_IMAGES:
        return list(teachers)
    with contextlib.closing(run.loader.epoch(0)) as batches:
        images = paddle.to_tensor(next(batches).images)
    return [InferenceTeacher(teacher, images, run) for teacher in teachers]


class InferenceTeacher:
    """Teacher that runs images of one size in Paddle Inference, and others in the network.

    If the outputs of the runtime differ from those of the network, all images run in the network.

    Args:
        model: a frozen network.
        images: (N, C, H, W) float32; network and runtime are compared on them.
        run: the training run.
    """

    def __init__(self, model: nn.Layer, images: paddle.Tensor, run: Trainer) -> None:
        self._model = model
        self._shape = list(images.shape[1:])
        model.eval()
        self._quick = Quick(model, run.rank, "teacher")
        with paddle.no_grad():
            self._quick(images)  # exports and compares; the first output is that of the network

    def __call__(self, images: paddle.Tensor) -> paddle.Tensor:
        """Return the logits (N, K) float32 of images (N, C, H, W) float32."""
        return (self._quick if list(images.shape[1:]) == self._shape else self._model)(images)
