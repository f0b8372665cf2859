# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas lr CONFIG`: the learning rate over the whole training, as a line of text and as an SVG file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Callable, List

from ppclas_core.cli.config_options import add_config_arguments, config_from
from ppclas_core.config.config import Config
from ppclas_core.errors import UserError


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    add_config_arguments(parser)
    parser.add_argument("--steps", type=int, metavar="N", help="steps per epoch; default: of the training list, "
                        "where that is not there of total_images")
    parser.add_argument("--out", default="lr.svg", metavar="FILE", help="where the curve is written (default: lr.svg)")
    return run


def run(args: argparse.Namespace) -> int:
    """Print and write the curve."""
    from ppclas_core.checks.components import check_components
    from ppclas_core.report.line_chart import draw_line_chart, standalone
    from ppclas_core.report.sparkline import sparkline
    from ppclas_core.training.builders import build_schedule
    from ppclas_core.training.lr_hint import lr_lines

    config = config_from(args)
    config.require("TRAIN", "LEARNING_RATE", "epochs")
    epochs = config.require_epochs()
    check_components(config)
    if args.steps is not None and args.steps < 1:
        raise UserError(f"--steps is {args.steps}; it must be at least 1")
    steps: int = args.steps or _steps_per_epoch(config)
    schedule = build_schedule(config, steps)
    rates = [schedule(step) for step in range(steps * epochs)]
    print(f"{config.require_learning_rate().function}: {epochs} epochs of {steps} steps, "
          f"{min(rates):g} to {max(rates):g}")
    print(sparkline(rates))
    for epoch in _landmarks(epochs):
        print(f"epoch {epoch:>4}  {rates[epoch * steps]:.6g}")
    for line in lr_lines(config, schedule, steps):
        print(line)
    points = [(step / steps, rate) for step, rate in enumerate(rates)]
    target = Path(args.out)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(standalone(draw_line_chart("Learning rate", {"lr": points}, "epoch")), encoding="utf-8")
    print(f"wrote {target}")
    return 0


def _landmarks(epochs: int) -> List[int]:
    """First and last epoch, and some between."""
    return sorted({round(index * (epochs - 1) / 6) for index in range(7)})


def _steps_per_epoch(config: Config) -> int:
    """As training counts them, else from `total_images`.

    Raises:
        UserError: the number of steps is unknown: the list is missing and nothing else defines it.
    """
    from ppclas_core.data.from_config import open_checked, settle_classes

    train, total = config.require_train(), config.total_images
    try:
        total = len(open_checked(settle_classes(config), "TRAIN"))
    except UserError as error:
        if not total:
            error.do = "or say how many steps an epoch has: --steps N"
            raise
    return max(total // train.batch_size if train.drop_last else -(-total // train.batch_size), 1)
