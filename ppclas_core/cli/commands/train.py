# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas train`: training alone; `ppclas run` also evaluates and reports."""

from __future__ import annotations

import argparse
import sys
from typing import Any, Callable, Optional

from ppclas_core.cli.config_options import add_config_arguments, config_from
from ppclas_core.cli.process_options import add_process_arguments, in_processes
from ppclas_core.config.config import Config
from ppclas_core.system.rank import first_process


def add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Declare the arguments."""
    add_training_arguments(parser)
    return run


def add_training_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare a config, and how to continue an earlier run of it."""
    add_config_arguments(parser)
    add_process_arguments(parser)
    parser.add_argument("--resume", action="store_true", help="continue the last run of this config exactly where it "
                        "stopped; a finished run is left as it is, without one a new run starts")
    parser.add_argument("--allow", action="append", default=[], metavar="KEY",
                        help="with --resume: a config key, or a section of them, that may differ from the run that is "
                        "continued, or 'processes'; what jumps is logged (repeatable)")
    parser.add_argument("--profile", action="store_true", help="profile ten training steps with Paddle's profiler")
    parser.add_argument("--profile-data", action="store_true",
                        help="tell where the time of the data goes, stage by stage")


def training_config(args: argparse.Namespace) -> Config:
    """Return the config of the arguments, with `--profile` and `--profile-data` in it."""
    flags = {"profile": args.profile, "profile_data": args.profile_data}
    args.overrides = [*args.overrides, *(f"{key}=True" for key, given in flags.items() if given)]
    return config_from(args)


def train_as_asked(args: argparse.Namespace, config: Config) -> Optional[Any]:
    """Train; the `TrainResult`, or None with `args.stopped` set to the exit code when a signal stopped it.

    Raises:
        UserError: --allow without --resume, and all that `train` raises.
    """
    from ppclas_core.errors import UserError
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
    """Train; 130 or 143 after Ctrl-C or SIGTERM, with the checkpoint written."""
    code = in_processes(run, args)
    if code is not None:
        return code
    result = train_as_asked(args, training_config(args))
    if result is None:
        return int(args.stopped)
    best = "not validated" if result.best is None else f"best {result.monitor} {result.best:.4f}"
    if first_process():
        print(f"{result.run_dir}: {result.epochs} epochs in {result.seconds:.1f} s, {best}")
    return 0
