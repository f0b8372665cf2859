# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Log lines about the learning rate before a run starts: how it was scaled, and probable mistakes.

Configs for large data sets and many devices are often copied for a small data set, where their learning rate diverges
and their schedule does not end. The hints do not change the run.
"""

from __future__ import annotations

from typing import Callable, List

from ppclas_core.config.config import Config
from ppclas_core.config.scaled_lr import schedule_parameters
from ppclas_core.optim.names import optimizer_name

USUAL = 0.1
PER_BATCH = 256
"""Usual learning rate of SGD with momentum for this batch size; source: Accurate, large minibatch SGD (2017)."""

TOLERANCE = 4.0
"""Largest multiple of the usual learning rate without a hint."""

ADAPTIVE_LIMIT = 0.01
"""Learning rate above which optimizers that normalize the gradient seldom converge."""

FEW_STEPS = 200
"""Smallest number of steps of a run from random weights without a hint."""


def lr_lines(config: Config, schedule: Callable[[int], float], steps_per_epoch: int) -> List[str]:
    """Return log lines: the scaling of `lr`, if there is one, then one hint per probable mistake.

    Args:
        config: config of the run.
        schedule: optimizer step, counted from 0 -> learning rate.
        steps_per_epoch: number of optimizer steps per epoch.
    """
    batch = config.require_train().batch_size
    epochs = config.require_epochs()
    _, scaled = schedule_parameters(config.require_learning_rate(), batch)
    steps = steps_per_epoch * epochs
    rates = [schedule(step) for step in _sampled(steps)]
    peak = max(rates)
    lines = [scaled] if scaled else []
    usual = USUAL * batch / PER_BATCH
    optimizer = optimizer_name(config.optimizer.function)
    if optimizer in ("Momentum", "SGD") and peak > TOLERANCE * usual:
        lines.append(f"hint: the learning rate of {peak:g} is high for a batch of {batch}; usual is {usual:g}, as "
                     f"'lr: {{value: {USUAL}, per_batch: {PER_BATCH}}}' gives")
    if optimizer in ("Adam", "AdamW", "NAdam", "RAdam", "Adamax") and peak > ADAPTIVE_LIMIT:
        lines.append(f"hint: the learning rate of {peak:g} is high for {optimizer}; usual is 0.001 or less")
    warm = rates.index(peak) / max(len(rates) - 1, 1)
    if steps > 1 and warm > 0.5:
        lines.append(f"hint: the learning rate is still rising after half of the run: fewer warm-up epochs than "
                     f"{epochs * warm:.0f}, or more epochs than {epochs}")
    if steps < FEW_STEPS and not config.pretrained_model:
        lines.append(f"hint: the run has {steps} steps in all; small data needs more epochs, a smaller batch, or "
                     "'pretrained_model'")
    return lines


def _sampled(steps: int) -> List[int]:
    """Return at most about 1000 steps, evenly spaced, with the first and the last."""
    stride = max(steps // 1000, 1)
    return [*range(0, steps, stride), *([steps - 1] if (steps - 1) % stride else [])]
