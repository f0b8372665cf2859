# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Hint about running statistics of batch norms that do not fit the weights.

The predictions for the same images are right in training mode and wrong in evaluation mode. This happens after few
steps, and the curves alone do not distinguish it from overfitting.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, List, NamedTuple

import numpy as np
import paddle
from paddle import nn

from ppclas_core.metrics.outputs import dominant_labels
from ppclas_core.training.early_stop import due

if TYPE_CHECKING:
    from ppclas_core.data.loader import Batch
    from ppclas_core.training.trainer import Trainer

IMAGES = 32
"""Number of training images, the last of an epoch, that are compared in both modes."""

GAP = 0.25
"""Drop of top-1 from training to evaluation, over the epoch and on the same images, from which the hint is logged."""

LEFT = 1e-4
"""Weight of the initial statistics below which they have no effect.

With a momentum of 0.9 it is reached after 88 steps. Measured with 32 images of two colors and MobileNetV3_small_x0_5:
evaluation was right after 80 steps at both of two learning rates, after 40 in one of four runs, after 20 in none.
"""


class _Kept(NamedTuple):
    """Images (N, C, H, W) of a training step, labels (N,), and number of right predictions in training mode."""

    images: np.ndarray
    labels: np.ndarray
    right: int


class StatisticsHint:
    """Comparison of both modes on the last images of each epoch with a gap; it gives at most one hint per run."""

    def __init__(self, run: Trainer) -> None:
        self._layers = [layer for layer in run.model.sublayers(include_self=True)
                        if hasattr(layer, "_variance") and not getattr(layer, "_use_global_stats", False)]
        self._wanted = (bool(self._layers) and run.rank.world == 1 and run.valid_loader is not None
                        and not run.has_teacher and "top1" in run.task.step_names)
        self._kept: List[_Kept] = []
        self._epoch = -1

    def keep(self, run: Trainer, batch: Batch, epoch: int, step: int, logits: np.ndarray) -> None:
        """Copy the images of a step if it is one of the last steps of an epoch with an evaluation.

        Args:
            run: the trainer.
            batch: batch of the step.
            epoch: epoch, counted from 0.
            step: step of the epoch, counted from 0.
            logits: (N, K) of the step, in training mode.
        """
        left = (run.steps_per_epoch - 1 - step) * len(batch.indices)
        if not self._wanted or left >= IMAGES or not due(run.config, epoch):
            return
        if epoch != self._epoch:  # an interrupted evaluation leaves images of its epoch
            self._epoch = epoch
            self._kept = []
        labels = np.asarray(dominant_labels(batch.labels, batch.mixed))[:IMAGES]
        right = int((logits[:IMAGES].argmax(axis=1) == labels).sum())
        self._kept.append(_Kept(np.array(batch.images[:IMAGES]), labels, right))

    def line(self, run: Trainer, epoch: int, training: float, evaluation: float) -> str:
        """Return the hint after an evaluation, or "".

        Args:
            run: the trainer.
            epoch: epoch of the evaluation, counted from 0.
            training: top-1 accuracy of the steps of the epoch.
            evaluation: top-1 accuracy of the evaluation.
        """
        kept = self._kept
        self._kept = []
        if not self._wanted or not kept or training - evaluation < GAP:
            return ""
        count = sum(len(each.labels) for each in kept)
        before = sum(each.right for each in kept)
        now = sum(_right(run.model, each) for each in kept)
        if (before - now) / count < GAP:
            return ""
        self._wanted = False
        return self._text(run, epoch, f"of the last {count} training images {before} were right in training mode and "
                                      f"{now} are in evaluation mode")

    def _text(self, run: Trainer, epoch: int, seen: str) -> str:
        momentum = max(float(layer._momentum) for layer in self._layers)  # noqa: SLF001  # Paddle has no public name
        steps = (epoch + 1) * run.steps_per_epoch
        parts = run.accumulate
        left = momentum ** (steps * parts)
        cause = (f"hint: {seen}: the running statistics of the batch norms, which only evaluation uses, do not fit the "
                 f"weights. They move by {1 - momentum:.0%} per step")
        if left < LEFT:
            return (f"{cause}, and the weights change faster than that; lower LEARNING_RATE.params.lr, or use a "
                    "schedule that ends at 0, such as Cosine")
        needed = math.ceil(math.log(LEFT) / math.log(momentum) / parts)
        origin = "those of the pretrained weights" if run.config.pretrained_model else "their initial values"
        return (f"{cause}, and after {steps} steps {left:.1%} of {origin} is left; about {needed} steps are enough: "
                f"'epochs: {math.ceil(needed / run.steps_per_epoch)}' (a smaller TRAIN.batch_size makes more steps of "
                "an epoch)")


def _right(model: nn.Layer, kept: _Kept) -> int:
    """Return the number of right predictions in evaluation mode; the mode of the model is restored."""
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
