# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Deadline for the shutdown of the server: the process exits even if a thread still runs."""

from __future__ import annotations

import logging
import os
import threading

from ppclas_serve.log import log_event

GRACE = 1.0
"""Seconds after the drain in which models and threads are closed."""


class Deadline:
    """Watchdog thread that exits the process `seconds` + `GRACE` seconds after `begin`.

    Python waits for pool threads at exit, and a thread inside a decoder or a runtime cannot be stopped.

    Attributes:
        code: the exit code; 1 until every accepted request has its response.
    """

    def __init__(self, seconds: float) -> None:
        self.code = 1
        self._seconds = seconds
        self._begun = threading.Event()
        self._over = threading.Event()
        threading.Thread(target=self._watch, name="deadline", daemon=True).start()

    def begin(self) -> None:
        """Start the countdown; a signal handler may call this."""
        self._begun.set()

    def cancel(self) -> None:
        """Cancel the deadline: the process goes on, or exits by itself."""
        self._over.set()
        self._begun.set()

    def _watch(self) -> None:
        self._begun.wait()
        if not self._over.wait(self._seconds + GRACE):
            log_event("killed", {"reason": "a thread still runs after the drain", "code": self.code}, logging.WARNING)
            os._exit(self.code)
