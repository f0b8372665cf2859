# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The learning-rate schedules of July 2020: pure functions of the optimizer step, counted from 0.

Each is a frozen record of its parameters; the engine supplies `epochs` and `step_each_epoch` (optimizer steps per
epoch). Because a rate depends on nothing but the step, resuming needs no state.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Tuple

from ppclas_core.errors import UserError


@dataclass(frozen=True)
class Linear:
    """From `lr` to `end_lr` in `steps` optimizer steps (not epochs), constant afterwards."""

    lr: float = 0.1
    steps: int = 100
    end_lr: float = 0.0

    def __post_init__(self) -> None:
        _require("Linear", "steps", self.steps, self.steps >= 1, "at least 1")

    def __call__(self, step: int) -> float:
        """The learning rate of `step` >= 0."""
        return (self.lr - self.end_lr) * (1.0 - min(step, self.steps) / self.steps) + self.end_lr


@dataclass(frozen=True)
class Cosine:
    """Half a cosine from `lr` to almost 0, changing once per epoch. Source: SGDR (2017)."""

    lr: float
    step_each_epoch: int
    epochs: int

    def __call__(self, step: int) -> float:
        """The learning rate of `step` >= 0."""
        return 0.5 * self.lr * (math.cos(math.pi * (step // self.step_each_epoch) / self.epochs) + 1.0)


@dataclass(frozen=True)
class Piecewise:
    """`lr`, multiplied by `gamma` at the start of each epoch of `decay_epochs`."""

    lr: float
    decay_epochs: Tuple[float, ...]
    step_each_epoch: int
    gamma: float = 0.1

    def __call__(self, step: int) -> float:
        """The learning rate of `step` >= 0."""
        passed = sum(step >= self.step_each_epoch * epoch for epoch in self.decay_epochs)
        return self.lr * self.gamma**passed


@dataclass(frozen=True)
class CosineWarmup:
    """Linear from exactly 0 to `lr` in `warmup_epoch` epochs, then half a cosine to 0, changing every step.

    Source: Bag of tricks for image classification (2019).
    """

    lr: float
    step_each_epoch: int
    epochs: int
    warmup_epoch: float = 5

    def __post_init__(self) -> None:
        _require("CosineWarmup", "warmup_epoch", self.warmup_epoch, self.warmup_epoch >= 0, "0 or more")

    def __call__(self, step: int) -> float:
        """The learning rate of `step` >= 0."""
        warm = self.step_each_epoch * self.warmup_epoch
        if step // self.step_each_epoch < self.warmup_epoch:
            return self.lr * step / warm
        length = (self.epochs - self.warmup_epoch) * self.step_each_epoch
        if length <= 0:  # only a step after the end of a run that was all warm-up
            return self.lr
        return 0.5 * self.lr * (math.cos(math.pi * (step - warm) / length) + 1.0)


@dataclass(frozen=True)
class ExponentialWarmup:
    """Linear from exactly 0 to `lr`, then times `decay_rate` every `decay_epochs` epochs, in stairs.

    Source: EfficientNet (2019).
    """

    lr: float
    step_each_epoch: int
    decay_epochs: float = 2.4
    decay_rate: float = 0.97
    warmup_epoch: float = 5

    def __post_init__(self) -> None:
        _require("ExponentialWarmup", "warmup_epoch", self.warmup_epoch, self.warmup_epoch >= 0, "0 or more")
        _require("ExponentialWarmup", "decay_epochs", self.decay_epochs, self.decay_epochs > 0, "more than 0")

    def __call__(self, step: int) -> float:
        """The learning rate of `step` >= 0."""
        warm = self.step_each_epoch * self.warmup_epoch
        if step // self.step_each_epoch < self.warmup_epoch:
            return self.lr * step / warm
        stairs = math.floor((step - warm) / (self.decay_epochs * self.step_each_epoch))
        return self.lr * self.decay_rate**stairs


def _require(schedule: str, name: str, value: float, fine: bool, must: str) -> None:
    if not fine:
        raise UserError(f"{name} of {schedule} is {value}; it must be {must}", where="LEARNING_RATE.params")
