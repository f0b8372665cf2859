# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Further schedules, each with a linear warm-up from 0: pure functions of the optimizer step, as those of 2020.

Where the warm-up ends, the decay begins: `e` below counts epochs from there, fractions included.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ppclas_core.errors import UserError


@dataclass(frozen=True)
class Exponential:
    """lr * decay_rate ** (e / decay_epochs), falling at every step; `ExponentialWarmup` falls in stairs."""

    lr: float
    step_each_epoch: int
    decay_epochs: float = 1.0
    decay_rate: float = 0.95
    warmup_epoch: float = 0

    def __post_init__(self) -> None:
        _require(self, "warmup_epoch", self.warmup_epoch, self.warmup_epoch >= 0, "0 or more")
        _require(self, "decay_epochs", self.decay_epochs, self.decay_epochs > 0, "more than 0")
        _require(self, "decay_rate", self.decay_rate, self.decay_rate > 0, "more than 0")

    def __call__(self, step: int) -> float:
        """The learning rate of `step` >= 0."""
        epochs = step / self.step_each_epoch - self.warmup_epoch
        if epochs < 0:
            return _warm(self.lr, step, self.warmup_epoch * self.step_each_epoch)
        return float(self.lr * self.decay_rate ** (epochs / self.decay_epochs))


@dataclass(frozen=True)
class Polynomial:
    """(lr - end_lr) * (1 - e / E) ** power + end_lr, E the epochs after the warm-up. Source: ParseNet (2015)."""

    lr: float
    step_each_epoch: int
    epochs: int
    power: float = 1.0
    end_lr: float = 0.0
    warmup_epoch: float = 0

    def __post_init__(self) -> None:
        _require(self, "warmup_epoch", self.warmup_epoch, self.warmup_epoch >= 0, "0 or more")
        _require(self, "power", self.power, self.power > 0, "more than 0")

    def __call__(self, step: int) -> float:
        """The learning rate of `step` >= 0."""
        warm = self.warmup_epoch * self.step_each_epoch
        if step < warm:
            return _warm(self.lr, step, warm)
        length = self.epochs * self.step_each_epoch - warm
        left = max(1.0 - (step - warm) / length, 0.0) if length > 0 else 1.0
        return float((self.lr - self.end_lr) * left**self.power + self.end_lr)


@dataclass(frozen=True)
class Step:
    """lr * gamma ** floor(e / decay_epochs): the same factor every `decay_epochs` epochs."""

    lr: float
    step_each_epoch: int
    decay_epochs: float = 30
    gamma: float = 0.1
    warmup_epoch: float = 0

    def __post_init__(self) -> None:
        _require(self, "warmup_epoch", self.warmup_epoch, self.warmup_epoch >= 0, "0 or more")
        _require(self, "decay_epochs", self.decay_epochs, self.decay_epochs > 0, "more than 0")
        _require(self, "gamma", self.gamma, self.gamma > 0, "more than 0")

    def __call__(self, step: int) -> float:
        """The learning rate of `step` >= 0."""
        warm = self.warmup_epoch * self.step_each_epoch
        if step < warm:
            return _warm(self.lr, step, warm)
        return float(self.lr * self.gamma ** math.floor((step - warm) / (self.decay_epochs * self.step_each_epoch)))


def _warm(lr: float, step: int, steps: float) -> float:
    return lr * step / steps


def _require(schedule: object, name: str, value: float, fine: bool, must: str) -> None:
    if not fine:
        raise UserError(f"{name} of {type(schedule).__name__} is {value}; it must be {must}",
                        where="LEARNING_RATE.params")
