# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Cosine decay, with and without warm-up."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ppclas_core.schedules.warmup import require, warmup_rate


@dataclass(frozen=True)
class Cosine:
    """Half a cosine from `lr` to almost 0, with one value per epoch. Source: SGDR (2017)."""

    lr: float
    step_each_epoch: int
    epochs: int

    def __call__(self, step: int) -> float:
        """Return the learning rate of `step` >= 0."""
        return 0.5 * self.lr * (math.cos(math.pi * (step // self.step_each_epoch) / self.epochs) + 1.0)


@dataclass(frozen=True)
class CosineWarmup:
    """Linear from exactly 0 to `lr` in `warmup_epoch` epochs, then half a cosine to 0, with one value per step.

    Source: Bag of tricks for image classification (2019).
    """

    lr: float
    step_each_epoch: int
    epochs: int
    warmup_epoch: float = 5

    def __post_init__(self) -> None:
        require(self, "warmup_epoch", self.warmup_epoch >= 0, "0 or more")

    def __call__(self, step: int) -> float:
        """Return the learning rate of `step` >= 0."""
        warm = self.step_each_epoch * self.warmup_epoch
        if step // self.step_each_epoch < self.warmup_epoch:
            return warmup_rate(self.lr, step, warm)
        length = (self.epochs - self.warmup_epoch) * self.step_each_epoch
        if length <= 0:  # the run is all warm-up, and this step is after its end
            return self.lr
        return 0.5 * self.lr * (math.cos(math.pi * (step - warm) / length) + 1.0)
