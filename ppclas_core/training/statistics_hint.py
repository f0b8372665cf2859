# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A hint on running statistics of batch norms that do not fit the weights.

The network is right in training mode and guesses in evaluation mode, on the same images. It happens after few steps,
and the curves alone do not tell it from overfitting.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, List, NamedTuple

import numpy as np
import paddle

from ppclas_core.metrics.outputs import dominant_labels
from ppclas_core.training.early_stop import due

if TYPE_CHECKING:
    from ppclas_core.training.trainer import Trainer

IMAGES = 32
"""Training images, the last of an epoch, that are looked at in evaluation mode too."""

GAP = 0.25
"""Top-1 by which evaluation must be below training before anything is looked at, and then on the same images."""

LEFT = 1e-4
"""Weight of the initial statistics below which they no longer matter.

With 0.9 per step that is 88 steps. Measured with 32 images of two colours and MobileNetV3_small_x0_5: evaluation was
right after 80 steps at either of two learning rates, after 20 never, and after 40 in one of four runs.
"""


class _Kept(NamedTuple):
    """Images (N, C, H, W) of a training step, their labels (N,), and how many were right in training mode."""

    images: np.ndarray
    labels: np.ndarray
    right: int


class StatisticsHint:
    """Looks at the last images of each epoch where evaluation is far below training; logs at most once."""

    def __init__(self, run: Trainer) -> None:
        self._layers = [layer for layer in run.model.sublayers(include_self=True)
                        if hasattr(layer, "_variance") and not getattr(layer, "_use_global_stats", False)]
        self._wanted = (bool(self._layers) and run.rank.world == 1 and run.valid_loader is not None
                        and not run.has_teacher and "top1" in run.task.step_names)
        self._kept: List[_Kept] = []
        self._epoch = -1

    def keep(self, run: Trainer, batch: Any, epoch: int, step: int, logits: np.ndarray) -> None:
        """Copy the images of a step if it is one of the last of an epoch that is evaluated.

        Args:
            logits: (N, K) of the step, in training mode.
        """
        left = (run.steps_per_epoch - 1 - step) * len(batch.indices)
        if not self._wanted or left >= IMAGES or not due(run.config, epoch):
            return
        if epoch != self._epoch:  # what an evaluation that was stopped left
            self._epoch, self._kept = epoch, []
        labels = np.asarray(dominant_labels(batch.labels, batch.mixed))[:IMAGES]
        right = int((logits[:IMAGES].argmax(axis=1) == labels).sum())
        self._kept.append(_Kept(np.array(batch.images[:IMAGES]), labels, right))

    def line(self, run: Trainer, epoch: int, training: float, evaluation: float) -> str:
        """Return the hint after an evaluation, "" where there is no reason for one.

        Args:
            training, evaluation: top-1 of the epoch.
        """
        kept, self._kept = self._kept, []
        if not self._wanted or not kept or training - evaluation < GAP:
            return ""
        count = sum(len(each.labels) for each in kept)
        before, now = sum(each.right for each in kept), sum(_right(run.model, each) for each in kept)
        if (before - now) / count < GAP:
            return ""
        self._wanted = False
        return self._text(run, epoch, f"of the last {count} training images {before} were right in training mode and "
                                      f"{now} are in evaluation mode")

    def _text(self, run: Trainer, epoch: int, seen: str) -> str:
        momentum = max(float(layer._momentum) for layer in self._layers)
        steps, parts = (epoch + 1) * run.steps_per_epoch, run.accumulate
        left = momentum ** (steps * parts)
        cause = (f"hint: {seen}: the running statistics of the batch norms, which only evaluation uses, do not fit the "
                 f"weights. They move by {1 - momentum:.0%} per step")
        if left < LEFT:
            return (f"{cause}, and the weights change faster than that; lower LEARNING_RATE.params.lr, or take a "
                    "schedule that falls to 0, such as Cosine")
        needed = math.ceil(math.log(LEFT) / math.log(momentum) / parts)
        origin = "those of the pretrained weights" if run.config.pretrained_model else "their initial values"
        return (f"{cause}, and after {steps} steps {left:.1%} of {origin} is left; about {needed} steps are enough: "
                f"'epochs: {math.ceil(needed / run.steps_per_epoch)}' (a smaller TRAIN.batch_size makes more steps of "
                "an epoch)")


def _right(model: Any, kept: _Kept) -> int:
    """How many images are right in evaluation mode; the mode of the model is restored."""
    training = model.training
    model.eval()
    try:
        with paddle.no_grad():
            output = model(paddle.to_tensor(kept.images))
            logits = output[0] if isinstance(output, (list, tuple)) else output
            return int((logits.astype("float32").numpy().argmax(axis=1) == kept.labels).sum())
    finally:
        if training:
            model.train()
