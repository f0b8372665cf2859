# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas run`: train, evaluate the best checkpoint, write the report."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Callable

from ppclas_core.cli.commands.report import write_run_report
from ppclas_core.cli.commands.train import add_training_arguments, train_as_asked, training_config
from ppclas_core.runs.folder import RunFolder
from ppclas_core.training.distributed.launch import in_processes


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    add_training_arguments(parser)
    return run


def run(args: argparse.Namespace) -> int:
    """Train, evaluate, report; 130 or 143 after Ctrl-C or SIGTERM, with the checkpoint written."""
    code = in_processes(run, args)
    if code is not None:
        return code
    config = training_config(args)
    trained = train_as_asked(args, config)
    if trained is None:
        return int(args.stopped)
    _evaluate_and_report(config, trained)
    return 0


def _evaluate_and_report(config: Any, trained: Any) -> None:
    folder: Path = trained.run_dir
    evaluated, page = write_run_report(config, trained)
    if page is None:  # every process of a launch evaluates its part
        return
    checkpoint = RunFolder(folder).final.path
    rows = [("training", f"{trained.epochs} epochs, {trained.seconds:.1f} s"), ("run folder", folder),
            ("checkpoint", checkpoint), ("report", page)]
    if evaluated is not None and hasattr(evaluated, "mAP"):
        rows.insert(0, ("mAP", f"{evaluated.mAP:.5f} on {evaluated.samples} images (F1 {evaluated.f1:.5f}, exact match "
                               f"{evaluated.exact_match:.5f}, loss {evaluated.loss:.5f})"))
    elif evaluated is not None:
        rows.insert(0, ("top1", f"{evaluated.top1:.5f} on {evaluated.samples} images (top{evaluated.k} "
                                f"{evaluated.topk:.5f}, loss {evaluated.loss:.5f})"))
    print("\n".join(f"{name:<11}{value}" for name, value in rows))
