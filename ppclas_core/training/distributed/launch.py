# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Start the processes of a launch on this machine by `paddle.distributed`, and end them together."""

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
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from ppclas_core.errors import UserError
from ppclas_core.system import console
from ppclas_core.system.logging_setup import console_logging
from ppclas_core.system.parent import end_with_parent
from ppclas_core.system.rank import first_process
from ppclas_core.system.signals import Interruptible, stop_signals

_log = logging.getLogger(__name__)

Action = Callable[[argparse.Namespace], int]
STOPPED = tuple(128 + signum for signum in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", 1)))
"""Exit codes of a process that a signal stopped, with a checkpoint."""
PATIENCE = 10.0
"""Seconds that the others get to end by themselves when one process has died."""


def launch(action: Action, args: argparse.Namespace, processes: int, gpus: str = "") -> int:
    """Run `action(args)` in several processes.

    A process that dies ends all the others; its message is printed last, so that nothing scrolls it away.

    Args:
        action: a function at the top of a module, which the processes import.
        gpus: numbers of GPUs, one per process, as `0,1`; "" for the CPU.

    Returns:
        The exit code of all, or of the first that failed.
    """
    import paddle

    messages = get_context("spawn").SimpleQueue()
    options: Dict[str, Any] = {"backend": "nccl", "gpus": gpus} if gpus else {"backend": "gloo"}
    with warnings.catch_warnings(), _main_module("ppclas_core.errors"):
        warnings.simplefilter("ignore")  # that gloo works on the CPU is what was asked for
        started = paddle.distributed.spawn(_work, args=(action, args, messages, os.getpid()), nprocs=processes,
                                           join=False, **options)
    with _passing_on(started.processes) as passing:
        first, code = _watch(started.processes)
    said: List[str] = []
    while not messages.empty():
        said.append(messages.get())
    for message in dict.fromkeys(said):
        _log.error("ppclas: %s", message)
    if passing.signum is not None and (code in STOPPED or code < 0):
        return 128 + passing.signum
    if code and code not in STOPPED:
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        _log.error("ppclas: process %d of %d ended with %s, and the others with it\n"
                   "  the last checkpoint is whole; the same command with --resume continues there", first, processes,
                   how)
    return code if code >= 0 else 1


@contextlib.contextmanager
def _main_module(name: str) -> Iterator[None]:
    """Make new processes import the module `name` first, as the main module of their parent.

    Otherwise they import Paddle first, and Paddle 2.6 breaks Python's zlib unless zlib is loaded before (see
    `ppclas_core`).
    """
    main = sys.modules["__main__"]
    spec = main.__spec__
    main.__spec__ = importlib.util.find_spec(name)
    try:
        yield
    finally:
        main.__spec__ = spec


def _work(action: Action, args: argparse.Namespace, messages: Any, launcher: int) -> None:
    """One process; it ends with the one whose number is `launcher`."""
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
        except (Exception, SystemExit) as error:  # no part of a training may end its process with 0
            messages.put(f"process {os.environ.get('PADDLE_TRAINER_ID')}: {type(error).__name__}: {error}")
            code = 1
    os._exit(code)  # the connections to a process that died would hold up a usual end


def _watch(processes: List[Any]) -> Tuple[int, int]:
    """Wait for all; (number, exit code) of the first that failed, after which the rest is ended. (0, 0) when none did.

    A negative code is that of a signal.
    """
    running = {process.sentinel: number for number, process in enumerate(processes)}
    failed: Optional[Tuple[int, int]] = None
    while running:
        ended = connection.wait(list(running), timeout=None if failed is None else PATIENCE)
        if not ended:
            for process in processes:
                process.kill()
        for sentinel in ended:
            number = running.pop(sentinel)
            processes[number].join()
            code = processes[number].exitcode
            if code and failed is None:
                failed = number, code
    return failed or (0, 0)


class _passing_on:
    """A context in which a signal to this process ends the others with a checkpoint.

    SIGTERM is passed on; of Ctrl-C and SIGHUP, which a terminal sends to all of them itself, they get a SIGHUP, which
    changes nothing where another signal came before.

    Attributes:
        signum: the first signal that came.
    """

    def __init__(self, processes: List[Any]) -> None:
        self._processes = processes
        self.signum: Optional[int] = None

    def __enter__(self) -> _passing_on:
        self._before = {signum: signal.signal(signum, self._terminate) for signum in stop_signals()}
        return self

    def __exit__(self, *error: Any) -> None:
        for signum, handler in self._before.items():
            signal.signal(signum, handler)

    def _terminate(self, signum: int, frame: Any) -> None:
        self.signum = self.signum or signum
        for process in self._processes:
            if process.is_alive():
                os.kill(process.pid, signal.SIGTERM if signum == signal.SIGTERM else signal.SIGHUP)
