# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Step decay: the learning rate is multiplied by a factor at given epochs or at regular intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Tuple

from ppclas_core.schedules.warmup import require, warmup_rate


@dataclass(frozen=True)
class Piecewise:
    """`lr`, multiplied by `gamma` at the start of each epoch of `decay_epochs`."""

    lr: float
    decay_epochs: Tuple[float, ...]
    step_each_epoch: int
    gamma: float = 0.1

    def __call__(self, step: int) -> float:
        """Return the learning rate of `step` >= 0."""
        passed = sum(step >= self.step_each_epoch * epoch for epoch in self.decay_epochs)
        return self.lr * self.gamma**passed


@dataclass(frozen=True)
class Step:
    """lr * gamma ** floor(e / decay_epochs), after a linear warm-up from 0.

    e is the number of epochs since the end of the warm-up, with fractions.
    """

    lr: float
    step_each_epoch: int
    decay_epochs: float = 30
    gamma: float = 0.1
    warmup_epoch: float = 0

    def __post_init__(self) -> None:
        require(self, "warmup_epoch", self.warmup_epoch >= 0, "0 or more")
        require(self, "decay_epochs", self.decay_epochs > 0, "more than 0")
        require(self, "gamma", self.gamma > 0, "more than 0")

    def __call__(self, step: int) -> float:
        """Return the learning rate of `step` >= 0."""
        warm = self.warmup_epoch * self.step_each_epoch
        if step < warm:
            return warmup_rate(self.lr, step, warm)
        return float(self.lr * self.gamma ** math.floor((step - warm) / (self.decay_epochs * self.step_each_epoch)))
