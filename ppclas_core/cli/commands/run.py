# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas run`: train, evaluate the best checkpoint, write the report."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Callable, List, Tuple

from ppclas_core.cli.commands.train import add_training_arguments, train_with_arguments, training_config
from ppclas_core.cli.options import in_processes
from ppclas_core.runs.folder import RunFolder

if TYPE_CHECKING:
    from ppclas_core.config.config import Config
    from ppclas_core.training.run_training import TrainResult


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    add_training_arguments(parser)
    return run


def run(args: argparse.Namespace) -> int:
    """Train, evaluate, report; after Ctrl-C or SIGTERM write a checkpoint and return 130 or 143."""
    code = in_processes(run, args)
    if code is not None:
        return code
    config = training_config(args)
    trained = train_with_arguments(args, config)
    if trained is None:
        return int(args.stopped)
    _evaluate_and_report(config, trained)
    return 0


def _evaluate_and_report(config: Config, trained: TrainResult) -> None:
    from ppclas_core.report.run_report import write_run_report
    from ppclas_core.tasks import task_of

    evaluated, page = write_run_report(config, trained)
    if page is None:  # a rank other than 0, which evaluates a part of the data
        return
    rows: List[Tuple[str, object]] = [
        ("training", f"{trained.epochs} epochs, {trained.seconds:.1f} s"), ("run folder", trained.run_dir),
        ("checkpoint", RunFolder(trained.run_dir).final.path), ("report", page)]
    if evaluated is not None:
        task = task_of(config)
        first, *others = task.metrics_named(task.summary)
        shown = "".join(f"{metric.label} {evaluated.metrics[metric.name]:.5f}, " for metric in others)
        rows.insert(0, (first.label, f"{evaluated.metrics[first.name]:.5f} on {evaluated.samples} images ({shown}loss "
                                     f"{evaluated.loss:.5f})"))
    print("\n".join(f"{name:<11}{value}" for name, value in rows))
