# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Preview of the learning rate of a config over the whole training: text lines and an SVG chart."""

from __future__ import annotations

from typing import List, NamedTuple, Optional

from ppclas_core.checks.components import check_components
from ppclas_core.config.config import Config
from ppclas_core.data.from_config import open_checked, settle_classes
from ppclas_core.errors import UserError
from ppclas_core.report.line_chart import draw_line_chart, sparkline, standalone
from ppclas_core.training.builders import build_schedule
from ppclas_core.training.lr_hint import lr_lines

_EPOCHS_SHOWN = 7


class LrPreview(NamedTuple):
    """Preview of a learning rate: lines of text, and the content of an SVG file."""

    lines: List[str]
    svg: str


def preview_lr(config: Config, steps_per_epoch: Optional[int] = None) -> LrPreview:
    """Compute the learning rate of every step of a config.

    Args:
        config: a config with TRAIN, LEARNING_RATE and epochs.
        steps_per_epoch: number of steps; None: that of the training data, else from `total_images`.

    Raises:
        UserError: the config is invalid, or the number of steps is unknown.
    """
    config.require("TRAIN", "LEARNING_RATE", "epochs")
    epochs = config.require_epochs()
    check_components(config)
    if steps_per_epoch is not None and steps_per_epoch < 1:
        raise UserError(f"--steps is {steps_per_epoch}; it must be at least 1")
    steps = steps_per_epoch or _steps_per_epoch(config)
    schedule = build_schedule(config, steps)
    rates = [schedule(step) for step in range(steps * epochs)]
    lines = [f"{config.require_learning_rate().function}: {epochs} epochs of {steps} steps, {min(rates):g} to "
             f"{max(rates):g}", sparkline(rates),
             *(f"epoch {epoch:>4}  {rates[epoch * steps]:.6g}" for epoch in _shown_epochs(epochs)),
             *lr_lines(config, schedule, steps)]
    points = [(step / steps, rate) for step, rate in enumerate(rates)]
    return LrPreview(lines, standalone(draw_line_chart("Learning rate", {"lr": points}, "epoch")))


def _shown_epochs(epochs: int) -> List[int]:
    """Return the first and the last epoch, and up to five evenly spaced epochs between them."""
    last = _EPOCHS_SHOWN - 1
    return sorted({round(index * (epochs - 1) / last) for index in range(_EPOCHS_SHOWN)})


def _steps_per_epoch(config: Config) -> int:
    """Return the number of steps that training takes per epoch, from the data, else from `total_images`.

    Raises:
        UserError: the data cannot be opened, and the config has no `total_images`.
    """
    train = config.require_train()
    try:
        images = len(open_checked(settle_classes(config), "TRAIN"))
    except UserError as error:
        if not config.total_images:
            error.do = "or set the number of steps per epoch: --steps N"
            raise
        images = config.total_images
    return max(images // train.batch_size if train.drop_last else -(-images // train.batch_size), 1)
