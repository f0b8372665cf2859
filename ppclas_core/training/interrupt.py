# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C, SIGTERM and SIGHUP ask a run to stop after the current step; a second Ctrl-C stops it at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType, TracebackType
from typing import Any, Dict, List, Optional, Type

from ppclas_core.system.console import write_message
from ppclas_core.system.interruption import Delivery


class Interrupted(KeyboardInterrupt):
    """A run stopped on request, after its checkpoint was written.

    Args:
        signum: the signal.
        message: what to tell the user: where the checkpoint is and how to resume.
    """

    def __init__(self, signum: int, message: str) -> None:
        super().__init__(message)
        self.exit_code = 128 + signum
        self.message = message


class StopRequest:
    """A context in which SIGINT, SIGTERM and SIGHUP only set `signum`; outside the main thread it does nothing.

    Only a second Ctrl-C stops at once (a third without any clean-up): launchers, terminals and service managers send
    the other signals more than once. A SIGHUP that is ignored at the start, as under `nohup`, stays ignored.
    """

    def __init__(self) -> None:
        self.signum: Optional[int] = None
        self._at_once = False
        self._before: Dict[int, Any] = {}
        self._delivery: Optional[Delivery] = None

    def __enter__(self) -> StopRequest:
        if threading.current_thread() is threading.main_thread():
            self._delivery = Delivery(sys._getframe(1))
            for signum in stop_signals():
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
