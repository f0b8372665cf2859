# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The process that started this one: when it is gone, however it ended, this one gets SIGTERM and ends too."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from typing import Optional

_POLL = 1.0
"""Seconds between two looks at the parent, where the system cannot report its end."""


def end_with_launcher() -> None:
    """Follow the launcher (`paddle.distributed.launch`) that started this process, if one did."""
    if os.environ.get("PADDLE_LOCAL_RANK"):  # set by the launcher; jobs that are started by hand do without
        end_with_parent()


def end_with_parent(parent: Optional[int] = None) -> None:
    """Send this process SIGTERM, which ends a training with a checkpoint, as soon as its parent has ended.

    A thread waits for it, because the signal that Linux offers (PR_SET_PDEATHSIG) comes already with the end of the
    parent's thread that started this process.

    Args:
        parent: its process number where it may have ended before this call.
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
    """Wait for the end of a process by its descriptor; return at once where the system has none."""
    if not hasattr(os, "pidfd_open"):
        return
    try:
        descriptor = os.pidfd_open(parent)
    except OSError:  # it has ended, or the kernel is older than 5.3
        return
    try:
        if os.getppid() == parent:  # else the number may be that of another process by now
            select.select([descriptor], [], [])
    finally:
        os.close(descriptor)
