# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Launch several processes on this machine with `paddle.distributed`, and end them together."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import logging
import os
import signal
import sys
import warnings
from multiprocessing import connection, get_context
from typing import TYPE_CHECKING, Callable, Dict, Iterator, List, Optional, Tuple, cast

from ppclas_core.errors import UserError
from ppclas_core.system import console
from ppclas_core.system.logging_setup import console_logging
from ppclas_core.system.parent import end_with_parent
from ppclas_core.system.rank import first_process
from ppclas_core.system.signals import Interruptible, stop_signals

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess
    from multiprocessing.queues import SimpleQueue

_log = logging.getLogger(__name__)

Action = Callable[[argparse.Namespace], int]
"""Body of a command: parsed arguments -> exit code."""

STOPPED = tuple(128 + signum for signum in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", 1)))
"""Exit codes of a process that wrote a checkpoint after a signal."""

PATIENCE = 10.0
"""Seconds after which the other processes are killed when one process has failed."""


def launch(action: Action, args: argparse.Namespace, processes: int, gpus: str = "") -> int:
    """Run `action(args)` in several processes.

    When a process fails, the others are ended, and its message is logged last.

    Args:
        action: function at the top level of a module, which the processes import.
        args: parsed arguments of the command.
        processes: number of processes.
        gpus: indices of GPUs, one per process, e.g. `0,1`; "" for the CPU.

    Returns:
        0, or the exit code of the first process that failed; 128 + number after a signal to this process.
    """
    import paddle

    messages = get_context("spawn").SimpleQueue()
    options: Dict[str, str] = {"backend": "nccl", "gpus": gpus} if gpus else {"backend": "gloo"}
    with warnings.catch_warnings(), _main_module("ppclas_core.errors"):
        warnings.simplefilter("ignore")  # the warning that gloo runs on the CPU, as intended
        started = paddle.distributed.spawn(_work, args=(action, args, messages, os.getpid()), nprocs=processes,
                                           join=False, **options)
    with _SignalForwarding(started.processes) as forwarding:
        first, code = _watch(started.processes)
    received: List[str] = []
    while not messages.empty():
        received.append(messages.get())
    for message in dict.fromkeys(received):
        _log.error("ppclas: %s", message)
    if forwarding.signum is not None and (code in STOPPED or code < 0):
        return 128 + forwarding.signum
    if code and code not in STOPPED:
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        _log.error("ppclas: process %d of %d ended with %s, so the others were ended\n"
                   "  the same command with --resume continues at the last checkpoint, which is complete",
                   first, processes, how)
    return code if code >= 0 else 1


@contextlib.contextmanager
def _main_module(name: str) -> Iterator[None]:
    """Make new processes import the module `name` first, as if it were the main module of this process.

    Otherwise they import Paddle first. Paddle 2.6 breaks the zlib of Python unless zlib is loaded earlier (see
    `ppclas_core`).
    """
    main = sys.modules["__main__"]
    spec = main.__spec__
    main.__spec__ = importlib.util.find_spec(name)
    try:
        yield
    finally:
        main.__spec__ = spec


def _work(action: Action, args: argparse.Namespace, messages: SimpleQueue[str], launcher: int) -> None:
    """Run the action in one process and exit; it also ends when the process with the id `launcher` ends."""
    warnings.filterwarnings("ignore", message="No ccache found")
    end_with_parent(launcher)
    with console.guarded_streams(), console_logging(logging.INFO if first_process() else logging.ERROR):
        try:
            with Interruptible(program=True):
                code = action(args)
        except UserError as error:
            messages.put(str(error))
            code = error.exit_code
        except KeyboardInterrupt as error:
            code = int(getattr(error, "exit_code", 130))
        except (Exception, SystemExit) as error:  # a SystemExit must not end a training with 0
            messages.put(f"process {os.environ.get('PADDLE_TRAINER_ID')}: {type(error).__name__}: {error}")
            code = 1
    os._exit(code)  # connections to a process that died would block a normal exit


def _watch(processes: List[BaseProcess]) -> Tuple[int, int]:
    """Wait for all processes; return (rank, exit code) of the first that failed, or (0, 0).

    After a failure the others are killed unless they end within `PATIENCE`. A negative code is the number of a signal.
    """
    running = {process.sentinel: number for number, process in enumerate(processes)}
    failed: Optional[Tuple[int, int]] = None
    while running:
        ended = connection.wait(list(running), timeout=None if failed is None else PATIENCE)
        if not ended:
            for process in processes:
                process.kill()
        for sentinel in ended:
            number = running.pop(cast(int, sentinel))
            processes[number].join()
            code = processes[number].exitcode
            if code and failed is None:
                failed = number, code
    return failed or (0, 0)


class _SignalForwarding:
    """Context in which a signal to this process makes the others write a checkpoint and exit.

    SIGTERM is forwarded. Ctrl-C and SIGHUP reach the others from the terminal; they also get a SIGHUP, which has no
    effect after another signal.

    Attributes:
        signum: first signal to this process, or None.
    """

    def __init__(self, processes: List[BaseProcess]) -> None:
        self._processes = processes
        self.signum: Optional[int] = None

    def __enter__(self) -> _SignalForwarding:
        self._before = {signum: signal.signal(signum, self._terminate) for signum in stop_signals()}
        return self

    def __exit__(self, *error: object) -> None:
        for signum, handler in self._before.items():
            signal.signal(signum, handler)

    def _terminate(self, signum: int, frame: object) -> None:
        self.signum = self.signum or signum
        for process in self._processes:
            if process.pid is not None and process.is_alive():
                os.kill(process.pid, signal.SIGTERM if signum == signal.SIGTERM else signal.SIGHUP)
