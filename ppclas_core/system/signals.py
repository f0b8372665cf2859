# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Signals: Ctrl-C, SIGHUP and SIGTERM end a program, or ask a training to stop with a checkpoint.

Python raises `KeyboardInterrupt` in whatever code runs. Inside a callback of C++ code, as Paddle has many, the
exception crashes the process, becomes another error or is lost; in the initialization of an extension module it
becomes an ImportError. So `Delivery` holds it back while such code runs, and raises it again as long as it had no
effect. `Interruptible` ends the work by an exception; `StopRequest` notes the first signal and lets the work go on.
"""

from __future__ import annotations

import functools
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
    """The user or the system asked this program to end.

    Args:
        signum: the signal.
    """

    def __init__(self, signum: int) -> None:
        super().__init__()
        self.exit_code = 128 + signum


class Interrupted(Interruption):
    """A run stopped on request, after its checkpoint was written.

    Args:
        signum: the signal.
        message: what to report to the user: where the checkpoint is and how to resume.
    """

    def __init__(self, signum: int, message: str) -> None:
        super().__init__(signum)
        self.args = (message,)
        self.message = message


class Delivery:
    """Raises one exception in the main thread, at the first moment that is safe.

    Args:
        base: frame of the code that the exception shall end; the frames below it do not matter.
    """

    def __init__(self, base: Optional[FrameType]) -> None:
        self._base = base
        self._error: Optional[Callable[[], BaseException]] = None
        self._before: Any = None

    def start(self, error: Callable[[], BaseException], frame: Optional[FrameType]) -> None:
        """Raise `error()` here, in a signal handler, or by a timer that tries again; the first error counts.

        Args:
            frame: where the signal interrupted the main thread.
        """
        if self._error is None:
            self._error = error
            if hasattr(signal, "setitimer"):  # else, on Windows, there is this one attempt
                self._before = signal.signal(signal.SIGALRM, self._again)
                signal.setitimer(signal.ITIMER_REAL, _AGAIN, _AGAIN)
            if not hasattr(signal, "setitimer") or _is_safe(frame, self._base):
                raise error()

    def stop(self) -> None:
        """End the attempts: the exception has arrived, or the work has ended."""
        if self._error is not None and self._before is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._before)
            self._before = None

    def _again(self, signum: int, frame: Optional[FrameType]) -> None:
        unwinding = sys.exc_info()[0] is not None  # the clean-up of an exception, most likely of ours, is under way
        if self._error is not None and not unwinding and _is_safe(frame, self._base):
            raise self._error()


class _Handlers(ABC):
    """A context with signal handlers of ours; outside the main thread it does nothing.

    Attributes:
        signum: the first signal that came.
    """

    def __init__(self) -> None:
        self.signum: Optional[int] = None
        self._before: Dict[int, Any] = {}
        self._delivery: Optional[Delivery] = None

    def __enter__(self: H) -> H:
        if threading.current_thread() is threading.main_thread():
            self._delivery = Delivery(sys._getframe(1))
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
        """Return the signals that get a handler."""

    @abstractmethod
    def _receive(self, signum: int, frame: Optional[FrameType]) -> None:
        """Handle a signal."""


class Interruptible(_Handlers):
    """A context that Ctrl-C and SIGHUP end by an `Interruption`.

    A signal that is ignored stays so (SIGHUP under `nohup`, Ctrl-C of a job in the background), and one that has a
    handler keeps it. When the work inside ends before the exception could be raised, or by an error that followed from
    it, leaving the context raises it.

    Args:
        program: the process is a command of ours, which a second Ctrl-C ends at once, without any clean-up.
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
    """A context in which SIGINT, SIGTERM and SIGHUP only set `signum`.

    Only a second Ctrl-C stops at once (a third without any clean-up): launchers, terminals and service managers send
    the other signals more than once. A SIGHUP that is ignored at the start, as under `nohup`, stays ignored.
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
    """Make a function that runs Paddle an `Interruptible` context: for callers that are programs of their own."""

    @functools.wraps(function)
    def within(*args: Any, **kwargs: Any) -> Any:
        with Interruptible():
            return function(*args, **kwargs)

    return cast(F, within)


def _is_safe(frame: Optional[FrameType], base: Optional[FrameType]) -> bool:
    """Return whether an exception raised in `frame` reaches `base`: no import, no Paddle, no context being left."""
    if frame is not None and frame.f_code in _LEAVING:
        return False
    while frame is not None and frame is not base:
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] == "paddle" or module in _IMPORT:
            return False
        frame = frame.f_back
    return True


_IMPORT = ("importlib._bootstrap", "_frozen_importlib")
"""The one module under its two names."""
_LEAVING = (_Handlers.__exit__.__code__, Interruptible.__exit__.__code__, Delivery.stop.__code__)
