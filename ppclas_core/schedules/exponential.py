# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Exponential decay, continuous and in stairs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ppclas_core.schedules.warmup import require, warmup_rate


@dataclass(frozen=True)
class Exponential:
    """lr * decay_rate ** (e / decay_epochs), with one value per step, after a linear warm-up from 0.

    e is the number of epochs since the end of the warm-up, with fractions.
    """

    lr: float
    step_each_epoch: int
    decay_epochs: float = 1.0
    decay_rate: float = 0.95
    warmup_epoch: float = 0

    def __post_init__(self) -> None:
        require(self, "warmup_epoch", self.warmup_epoch >= 0, "0 or more")
        require(self, "decay_epochs", self.decay_epochs > 0, "more than 0")
        require(self, "decay_rate", self.decay_rate > 0, "more than 0")

    def __call__(self, step: int) -> float:
        """Return the learning rate of `step` >= 0."""
        epochs = step / self.step_each_epoch - self.warmup_epoch
        if epochs < 0:
            return warmup_rate(self.lr, step, self.warmup_epoch * self.step_each_epoch)
        return float(self.lr * self.decay_rate ** (epochs / self.decay_epochs))


@dataclass(frozen=True)
class ExponentialWarmup:
    """Linear warm-up from exactly 0 to `lr`, then `lr` is multiplied by `decay_rate` every `decay_epochs` epochs.

    Source: EfficientNet (2019).
    """

    lr: float
    step_each_epoch: int
    decay_epochs: float = 2.4
    decay_rate: float = 0.97
    warmup_epoch: float = 5

    def __post_init__(self) -> None:
        require(self, "warmup_epoch", self.warmup_epoch >= 0, "0 or more")
        require(self, "decay_epochs", self.decay_epochs > 0, "more than 0")

    def __call__(self, step: int) -> float:
        """Return the learning rate of `step` >= 0."""
        warm = self.step_each_epoch * self.warmup_epoch
        if step // self.step_each_epoch < self.warmup_epoch:
            return warmup_rate(self.lr, step, warm)
        stairs = math.floor((step - warm) / (self.decay_epochs * self.step_each_epoch))
        return self.lr * self.decay_rate**stairs
