# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`--nproc N` and `--devices 0,1`: run the same command in several processes of this machine."""

from __future__ import annotations

import argparse
import re
from typing import Callable, Optional, Tuple

from ppclas_core.errors import UserError


def add_process_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the two options."""
    parser.add_argument("--devices", metavar="N,N,...", help="one process on each of these GPUs")
    parser.add_argument("--nproc", type=int, metavar="N", help="so many processes on the CPU")


def in_processes(action: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> Optional[int]:
    """Run `action(args)` in the processes that the arguments ask for.

    Args:
        action: a function at the top of a module, which the processes import.

    Returns:
        The exit code of all, or of the first that failed; None when one process is enough.

    Raises:
        UserError: both options, a number below 1, GPUs that are not there.
    """
    processes, gpus = _wanted(args)
    if processes is None:
        return None
    from ppclas_core.training.distributed.launch import launch

    args.devices = args.nproc = None
    args.overrides = [*args.overrides, "device=gpu" if gpus else "device=cpu"]
    return launch(action, args, processes, gpus)


def _wanted(args: argparse.Namespace) -> Tuple[Optional[int], str]:
    """Return the number of processes (None: this one alone) and their GPUs."""
    if args.devices and args.nproc:
        raise UserError("--devices and --nproc at once", do="--devices for GPUs, --nproc for processes on the CPU")
    if args.nproc is not None and args.nproc < 1:
        raise UserError(f"--nproc is {args.nproc}; it must be at least 1")
    if args.nproc == 1:
        return None, ""
    if not args.devices:
        return args.nproc, ""
    if not re.fullmatch(r"\d+(,\d+)*", args.devices):
        raise UserError(f"--devices is '{args.devices}'; it must be numbers of GPUs", do="for example --devices 0,1")
    import paddle

    numbers = args.devices.split(",")
    there = paddle.device.cuda.device_count() if paddle.device.is_compiled_with_cuda() else 0
    if len(set(numbers)) < len(numbers) or any(int(number) >= there for number in numbers):
        raise UserError(f"--devices is {args.devices}, but Paddle sees {there} GPUs, each of which takes one process",
                        do="'ppclas doctor' shows what is there; --nproc N uses the CPU")
    return len(numbers), args.devices
