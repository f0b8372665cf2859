# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C and SIGTERM ask a run to stop after the current step; a second one stops it at once."""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Dict, Optional, Type


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
    """A context in which the two signals only set `signum`; outside the main thread it does nothing."""

    def __init__(self) -> None:
        self.signum: Optional[int] = None
        self._before: Dict[int, Any] = {}

    def __enter__(self) -> StopRequest:
        if threading.current_thread() is threading.main_thread():
            for signum in (signal.SIGINT, signal.SIGTERM):
                self._before[signum] = signal.signal(signum, self._receive)
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        for signum, handler in self._before.items():
            signal.signal(signum, handler)

    def _receive(self, signum: int, frame: Optional[FrameType]) -> None:
        if self.signum is not None:
            raise Interrupted(signum, "stopped at once; --resume continues from the last checkpoint")
        self.signum = signum
        os.write(2, b"\nstopping after this step; once more stops at once\n")  # a handler must not use buffered output
