# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Signals: Ctrl-C, SIGHUP and SIGTERM end a program, or ask a training to stop with a checkpoint.

Python raises `KeyboardInterrupt` in whatever code runs. In a callback of C++ code, of which Paddle has many, the
exception crashes the process, becomes another error or is lost; while an extension module is initialized it becomes an
ImportError. So `Delivery` delays the exception while such code runs, and raises it again until it takes effect.
`Interruptible` ends the work by an exception. `StopRequest` stores the first signal and lets the work continue.
"""

from __future__ import annotations

import functools
import inspect
import os
import signal
import sys
import threading
from abc import ABC, abstractmethod
from types import FrameType, TracebackType
from typing import Any, Callable, Dict, List, Optional, Type, TypeVar, cast

from ppclas_core.system.console import write_message

F = TypeVar("F", bound=Callable[..., Any])
H = TypeVar("H", bound="_Handlers")
_AGAIN = 0.05
"""Seconds between two attempts to raise."""


class Interruption(KeyboardInterrupt):
    """Raised when the user or the system asks this program to end.

    Args:
        signum: the signal.
    """

    def __init__(self, signum: int) -> None:
        super().__init__()
        self.exit_code = 128 + signum


class Interrupted(Interruption):
    """Raised when a run has stopped on request, after its checkpoint was written.

    Args:
        signum: the signal.
        message: text for the user: the location of the checkpoint and the command that resumes.
    """

    def __init__(self, signum: int, message: str) -> None:
        super().__init__(signum)
        self.args = (message,)
        self.message = message


class Delivery:
    """Delivery of one exception to the main thread, at the first safe moment.

    Args:
        base: frame of the code that the exception ends; frames of its callers are not checked.
    """

    def __init__(self, base: Optional[FrameType]) -> None:
        self._base = base
        self._error: Optional[Callable[[], BaseException]] = None
        self._before: Any = None

    def start(self, error: Callable[[], BaseException], frame: Optional[FrameType]) -> None:
        """Raise `error()` now, in a signal handler, or later by a timer. Only the first call has an effect.

        Args:
            error: makes the exception.
            frame: frame in which the signal interrupted the main thread.
        """
        if self._error is None:
            self._error = error
            if hasattr(signal, "setitimer"):  # Windows has no timer, so there is one attempt only
                self._before = signal.signal(signal.SIGALRM, self._again)
                signal.setitimer(signal.ITIMER_REAL, _AGAIN, _AGAIN)
            if not hasattr(signal, "setitimer") or _is_safe(frame, self._base):
                raise error()

    def stop(self) -> None:
        """Stop the timer: the exception has taken effect, or the work has ended."""
        if self._error is not None and self._before is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._before)
            self._before = None

    def _again(self, signum: int, frame: Optional[FrameType]) -> None:
        unwinding = sys.exc_info()[0] is not None  # an exception, most likely this one, is being handled
        if self._error is not None and not unwinding and _is_safe(frame, self._base):
            raise self._error()


class _Handlers(ABC):
    """Context with its own signal handlers; outside the main thread it does nothing.

    Attributes:
        signum: the first signal received; None without one.
    """

    def __init__(self) -> None:
        self.signum: Optional[int] = None
        self._before: Dict[int, Any] = {}
        self._delivery: Optional[Delivery] = None

    def __enter__(self: H) -> H:
        if threading.current_thread() is threading.main_thread():
            current = inspect.currentframe()
            self._delivery = Delivery(None if current is None else current.f_back)
            for signum in self._signals():
                self._before[signum] = signal.signal(signum, self._receive)
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        if self._delivery is not None:
            self._delivery.stop()
            self._delivery = None
        for signum, handler in self._before.items():
            signal.signal(signum, handler)

    @abstractmethod
    def _signals(self) -> List[signal.Signals]:
        """Return the signals to handle."""

    @abstractmethod
    def _receive(self, signum: int, frame: Optional[FrameType]) -> None:
        """Handle a signal."""


class Interruptible(_Handlers):
    """Context that Ctrl-C and SIGHUP end by an `Interruption`.

    Ignored signals stay ignored (SIGHUP under `nohup`, Ctrl-C of a background job), and a signal with another handler
    keeps it. If the work ends before the exception could be raised, or by an error that the exception became, the exit
    from the context raises it.

    Args:
        program: the process is a ppclas command, which a second Ctrl-C ends at once, without cleanup.
    """

    def __init__(self, *, program: bool = False) -> None:
        super().__init__()
        self._program = program

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        super().__exit__(kind, error, trace)
        if self.signum is not None and not isinstance(error, KeyboardInterrupt):
            raise Interruption(self.signum) from error

    def _signals(self) -> List[signal.Signals]:
        ending = [signal.SIGINT, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
        return [signum for signum in ending if signal.getsignal(signum) in (signal.SIG_DFL, signal.default_int_handler)]

    def _receive(self, signum: int, frame: Optional[FrameType]) -> None:
        if self.signum is not None:
            if self._program and signum == signal.SIGINT:
                write_message("\nppclas: interrupted\n")
                os._exit(128 + signum)
            return
        self.signum = signum
        if self._delivery is not None:
            self._delivery.start(lambda: Interruption(signum), frame)


class StopRequest(_Handlers):
    """Context in which SIGINT, SIGTERM and SIGHUP only set `signum`.

    A second Ctrl-C stops at once, a third one without cleanup. The other signals never do, as launchers, terminals and
    service managers send them more than once. An ignored SIGHUP, as under `nohup`, stays ignored.
    """

    def __init__(self) -> None:
        super().__init__()
        self._at_once = False

    def _signals(self) -> List[signal.Signals]:
        return stop_signals()

    def _receive(self, signum: int, frame: Optional[FrameType]) -> None:
        if self.signum is None:
            self.signum = signum
            write_message("\nstopping after this step; Ctrl-C stops at once\n")
        elif signum == signal.SIGINT and self._at_once:
            os._exit(128 + signum)
        elif signum == signal.SIGINT and self._delivery is not None:
            self._at_once = True
            self._delivery.start(lambda: Interrupted(
                signum, "stopped at once; --resume continues from the last checkpoint"), frame)


def stop_signals() -> List[signal.Signals]:
    """Return the signals that ask a run to stop with a checkpoint."""
    found = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        found.append(signal.SIGHUP)
    return found


def interruptible(function: F) -> F:
    """Decorate a function that runs Paddle, so that it runs in an `Interruptible` context; for the Python API."""

    @functools.wraps(function)
    def within(*args: object, **kwargs: object) -> object:
        with Interruptible():
            return function(*args, **kwargs)

    return cast(F, within)


def _is_safe(frame: Optional[FrameType], base: Optional[FrameType]) -> bool:
    """Return whether an exception in `frame` reaches `base`: no import, Paddle code or context exit is between."""
    if frame is not None and frame.f_code in _LEAVING:
        return False
    while frame is not None and frame is not base:
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] == "paddle" or module in _IMPORT:
            return False
        frame = frame.f_back
    return True


_IMPORT = ("importlib._bootstrap", "_frozen_importlib")
"""Two names of the module that runs imports."""
_LEAVING = (_Handlers.__exit__.__code__, Interruptible.__exit__.__code__, Delivery.stop.__code__)
