# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Runtime, such as that of a bundle, in the place of a network in an evaluation."""

from __future__ import annotations

from typing import Callable

import numpy as np
import paddle

from ppclas_core.bundles.evaluated import PIXELS_AS_FLOAT
from ppclas_core.config.config import Config
from ppclas_core.errors import UserError


class RuntimeModel:
    """Adapter of a runtime to the interface of a layer, for an `Evaluator`.

    Args:
        runtime: batch -> logits (N, K) float32.
        pixels: the runtime takes uint8 (N, H, W, C); the images have the same values as float32 (N, C, H, W).
    """

    training = False

    def __init__(self, runtime: Callable[[np.ndarray], np.ndarray], *, pixels: bool = False) -> None:
        self._runtime = runtime
        self._pixels = pixels

    def train(self) -> None:
        """Do nothing; a runtime is always in evaluation mode."""

    def eval(self) -> None:
        """Do nothing; a runtime is always in evaluation mode."""

    def __call__(self, images: paddle.Tensor) -> paddle.Tensor:
        """Map a Paddle tensor of images to a Paddle tensor of logits."""
        batch = np.asarray(images.numpy())
        if self._pixels:
            batch = np.ascontiguousarray(batch.transpose(0, 2, 3, 1)).astype(np.uint8)
        return paddle.to_tensor(self._runtime(batch))


def refuse_other_model(config: Config, num_classes: int, task: str, *, pixels: bool) -> None:
    """Refuse a model that does not fit the config.

    Args:
        config: the config.
        num_classes: number of logits of the model.
        task: task of the model.
        pixels: the model takes uint8 pixels.

    Raises:
        UserError: the number of classes, the input or the task differ.
    """
    given = config.require_valid().transforms[-len(PIXELS_AS_FLOAT):] == list(PIXELS_AS_FLOAT)
    if num_classes != config.num_classes or pixels != given:
        raise UserError(f"the model takes {'uint8' if pixels else 'float32'} and has {num_classes} classes; this "
                        f"config has {'uint8' if given else 'float32'} images and {config.num_classes} classes",
                        where=config.location("classes_num"))
    if config.task != task:
        raise UserError(f"the model was trained with 'task: {task}', this config says {config.task}",
                        where=config.location("task"))
