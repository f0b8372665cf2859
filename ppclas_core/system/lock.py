# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""File locks between processes; the system frees a lock when its holder ends, however it ends."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from typing import Iterator

from ppclas_core.errors import UserError

_log = logging.getLogger(__name__)


class Busy(UserError):
    """Another process has held the lock for longer than the caller waits."""


@contextlib.contextmanager
def locked(path: Path, *, timeout: float = 3600.0, what: str = "") -> Iterator[None]:
    """Hold the lock file `path` during the block.

    The file stays behind, empty: a process that removed it would hold a lock that a newcomer does not see. On a file
    system without locks the block runs without one.

    Args:
        timeout: seconds to wait for another holder.
        what: what the other holder does, for the warning while waiting.

    Raises:
        Busy: another process holds it for longer than `timeout`.
        OSError: the lock file cannot be written.
    """
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8"):  # for filelock, a folder that cannot be written is one to wait for
        pass
    lock = FileLock(str(path))
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if timeout > 0:
                _log.warning("waiting for another process: %s", what)
            lock.acquire(timeout=timeout, poll_interval=0.05)
    except Timeout:
        raise Busy(f"another process has been busy for {timeout:.0f} s: {what}", where=str(path),
                   do="wait for it or end it") from None
    except (OSError, NotImplementedError) as error:
        _log.info("%s: this file system has no locks (%s)", path, error)
    try:
        yield
    finally:
        lock.release()
