# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas train`: training without the final evaluation and report of `ppclas run`."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Callable, Optional

from ppclas_core.cli.options import add_config_arguments, add_process_arguments, config_from, in_processes
from ppclas_core.errors import UserError
from ppclas_core.runs.folder import RunFolder
from ppclas_core.system.paths import expand_path
from ppclas_core.system.rank import first_process

if TYPE_CHECKING:
    from ppclas_core.config.config import Config
    from ppclas_core.training.run_training import TrainResult


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    add_training_arguments(parser)
    return run


def add_training_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `ppclas train` and `ppclas run`."""
    add_config_arguments(parser)
    add_process_arguments(parser)
    parser.add_argument("--resume", action="store_true", help="continue the last run of this config exactly where it "
                        "stopped; a finished run is not changed; without an earlier run, start a new one")
    parser.add_argument("--allow", action="append", default=[], metavar="KEY",
                        help="with --resume: config key or section that may differ from the earlier run, or "
                        "'processes'; the consequences are logged (repeatable)")
    parser.add_argument("--freeze", action="store_true", help="train the classifier only; the same as "
                        "freeze=[backbone]")
    parser.add_argument("--profile", action="store_true", help="profile ten training steps with Paddle's profiler")
    parser.add_argument("--profile-data", action="store_true",
                        help="print the time of each stage of data loading")


def training_config(args: argparse.Namespace) -> Config:
    """Load the config that the arguments name, with `--freeze`, `--profile` and `--profile-data` as config values."""
    flags = {"freeze=[backbone]": args.freeze, "profile=True": args.profile, "profile_data=True": args.profile_data}
    args.overrides = [*args.overrides, *(pair for pair, given in flags.items() if given)]
    config = config_from(args)
    if args.resume:
        _require_same_run(args.config or args.config_option, config)
    return config


def _require_same_run(name: str, config: Config) -> None:
    """Raise a UserError if CONFIG is a run folder that was moved or renamed: its config belongs to another folder."""
    if not os.path.isdir(expand_path(name)):
        return
    from ppclas_core.runs.locate import require_run

    given, resumed = require_run(name), RunFolder.of(config).path
    if os.path.realpath(given) != os.path.realpath(resumed):
        raise UserError(f"this run was trained in another folder, {resumed}, which --resume would continue",
                        where=str(given), do=f"move it back to {resumed}; or start a new run from its weights: "
                        f"ppclas train CONFIG pretrained_model={given}")


def train_with_arguments(args: argparse.Namespace, config: Config) -> Optional[TrainResult]:
    """Train with `--resume` and `--allow`; if a signal stops it, set `args.stopped` to the exit code and return None.

    Raises:
        UserError: `--allow` is given without `--resume`; see also `train`.
    """
    from ppclas_core.system.signals import Interrupted
    from ppclas_core.training.run_training import train

    if args.allow and not args.resume:
        raise UserError("--allow has no effect without --resume")
    try:
        return train(config, resume=args.resume, allow=args.allow)
    except Interrupted as stop:
        if first_process():
            print(f"ppclas: {stop.message}", file=sys.stderr)
        args.stopped = stop.exit_code
        return None


def run(args: argparse.Namespace) -> int:
    """Train; after Ctrl-C or SIGTERM write a checkpoint and return 130 or 143."""
    code = in_processes(run, args)
    if code is not None:
        return code
    result = train_with_arguments(args, training_config(args))
    if result is None:
        return int(args.stopped)
    best = "not validated" if result.best is None else f"best {result.monitor} {result.best:.4f}"
    if first_process():
        print(f"{result.run_dir}: {result.epochs} epochs in {result.seconds:.1f} s, {best}")
    return 0
