# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""SIGTERM for this process when its parent process has ended for any reason."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from typing import Optional

_POLL = 1.0
"""Seconds between two polls of the parent, where the system cannot report its end."""


def end_with_launcher() -> None:
    """End this process when its launcher (`paddle.distributed.launch`) ends; do nothing without a launcher."""
    if os.environ.get("PADDLE_LOCAL_RANK"):  # set by the launcher only
        end_with_parent()


def end_with_parent(parent: Optional[int] = None) -> None:
    """Send SIGTERM to this process, which ends a training with a checkpoint, when its parent ends.

    A thread waits for the parent. PR_SET_PDEATHSIG of Linux would be sent too early: when the thread of the parent that
    started this process ends.

    Args:
        parent: process id of the parent, for callers whose parent may have ended before this call.
    """
    if os.name != "nt":
        number = os.getppid() if parent is None else parent
        threading.Thread(target=_follow, args=(number,), name="ppclas-parent", daemon=True).start()


def _follow(parent: int) -> None:
    _wait_for_end(parent)
    while os.getppid() == parent:
        time.sleep(_POLL)
    os.kill(os.getpid(), signal.SIGTERM)


def _wait_for_end(parent: int) -> None:
    """Wait for the end of a process by a pidfd; return at once if the system has none."""
    if not hasattr(os, "pidfd_open"):
        return
    try:
        descriptor = os.pidfd_open(parent)
    except OSError:  # it has ended, or the kernel is older than 5.3
        return
    try:
        if os.getppid() == parent:  # else the id may belong to a new process
            select.select([descriptor], [], [])
    finally:
        os.close(descriptor)
