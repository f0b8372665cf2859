# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The moment at which a server that was told to stop ends, whatever one of its threads still does."""

from __future__ import annotations

import logging
import os
import threading

from ppclas_serve.log import tell

GRACE = 1.0
"""Seconds beyond the drain for closing what is left."""


class Deadline:
    """A thread of its own, started with the server, that ends the process some seconds after `begin`.

    Python waits at its end for threads of pools, and a thread inside a decoder or a runtime cannot be stopped.

    Attributes:
        code: of the exit; 1 until the server knows that every accepted request was answered.
    """

    def __init__(self, seconds: float) -> None:
        self.code = 1
        self._seconds = seconds
        self._begun, self._over = threading.Event(), threading.Event()
        threading.Thread(target=self._watch, name="deadline", daemon=True).start()

    def begin(self) -> None:
        """Start the time; may be called by a signal handler."""
        self._begun.set()

    def cancel(self) -> None:
        """Let the process go on, or end by itself."""
        self._over.set()
        self._begun.set()

    def _watch(self) -> None:
        self._begun.wait()
        if not self._over.wait(self._seconds + GRACE):
            tell("killed", {"reason": "a thread still runs after the drain", "code": self.code}, logging.WARNING)
            os._exit(self.code)
