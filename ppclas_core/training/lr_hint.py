# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What a run says of its learning rate before it starts: how it was scaled, and what looks like a mistake.

Configs of large data sets and many devices are often copied to a small one, where their rates diverge and their
schedules never come to an end. Nothing here changes a run.
"""

from __future__ import annotations

from typing import Callable, List

from ppclas_core.config.config import Config
from ppclas_core.config.scaled_lr import schedule_parameters
from ppclas_core.optim.names import optimizer_name

USUAL, PER_BATCH = 0.1, 256
"""The rate of SGD with momentum for a batch; source: Accurate, large minibatch SGD (2017)."""

TOLERANCE = 4.0
"""How many times the usual rate is still taken for intended."""

ADAPTIVE_LIMIT = 0.01
"""Above this the optimizers that divide by the size of the gradient seldom converge."""

FEW_STEPS = 200


def lr_lines(config: Config, schedule: Callable[[int], float], steps_per_epoch: int) -> List[str]:
    """Lines for the log: the scaling of `lr`, then one per suspicion.

    Args:
        schedule: optimizer step -> rate.
    """
    batch, epochs = config.require_train().batch_size, config.require_epochs()
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
    """At most about 1000 steps from the first to the last."""
    stride = max(steps // 1000, 1)
    return [*range(0, steps, stride), *([steps - 1] if (steps - 1) % stride else [])]
