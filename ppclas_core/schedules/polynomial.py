# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Linear and polynomial decay."""

from __future__ import annotations

from dataclasses import dataclass

from ppclas_core.schedules.warmup import require, warmup_rate


@dataclass(frozen=True)
class Linear:
    """Linear from `lr` to `end_lr` in `steps` optimizer steps (not epochs), then constant."""

    lr: float = 0.1
    steps: int = 100
    end_lr: float = 0.0

    def __post_init__(self) -> None:
        require(self, "steps", self.steps >= 1, "at least 1")

    def __call__(self, step: int) -> float:
        """Return the learning rate of `step` >= 0."""
        return (self.lr - self.end_lr) * (1.0 - min(step, self.steps) / self.steps) + self.end_lr


@dataclass(frozen=True)
class Polynomial:
    """(lr - end_lr) * (1 - e / E) ** power + end_lr, after a linear warm-up from 0.

    e is the number of epochs since the end of the warm-up, with fractions; E is the number of epochs after the warm-up.

    Source: ParseNet (2015).
    """

    lr: float
    step_each_epoch: int
    epochs: int
    power: float = 1.0
    end_lr: float = 0.0
    warmup_epoch: float = 0

    def __post_init__(self) -> None:
        require(self, "warmup_epoch", self.warmup_epoch >= 0, "0 or more")
        require(self, "power", self.power > 0, "more than 0")

    def __call__(self, step: int) -> float:
        """Return the learning rate of `step` >= 0."""
        warm = self.warmup_epoch * self.step_each_epoch
        if step < warm:
            return warmup_rate(self.lr, step, warm)
        length = self.epochs * self.step_each_epoch - warm
        left = max(1.0 - (step - warm) / length, 0.0) if length > 0 else 1.0
        return float((self.lr - self.end_lr) * left**self.power + self.end_lr)
