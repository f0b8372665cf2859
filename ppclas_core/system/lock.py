# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""File locks between processes; the system frees a lock when its holder ends, however it ends."""

from __future__ import annotations

import contextlib
import logging
import os
from pathlib import Path
from typing import Any, Iterator

from ppclas_core.errors import UserError

_log = logging.getLogger(__name__)


class Busy(UserError):
    """Another process has held the lock for longer than the caller waits."""


@contextlib.contextmanager
def locked(path: Path, *, timeout: float = 3600.0, what: str = "", remove: bool = False) -> Iterator[None]:
    """Hold the lock file `path` during the block. On a file system without locks the block runs without one.

    Args:
        timeout: seconds to wait for another holder.
        what: what the other holder does, for the warning while waiting.
        remove: remove the file at the end, else it stays behind, empty.

    Raises:
        Busy: another process holds it for longer than `timeout`.
        OSError: the lock file cannot be written.
    """
    from filelock import FileLock

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(path))
    while not _acquired(lock, path, timeout, what):
        pass
    try:
        yield
    finally:
        if remove:
            with contextlib.suppress(OSError):  # on Windows no open file can be removed
                path.unlink()  # while the lock is held: see `_acquired`
        lock.release()


def _acquired(lock: Any, path: Path, timeout: float, what: str) -> bool:
    """Wait for the lock; return False where its earlier holder has removed the file, so that another try is needed.

    Else a process that had opened the removed file and one that made a new file of that name would both hold "the"
    lock. As long as `file` is open no new file has its number, so an unchanged number means that the lock is on the
    file that stands at `path`.
    """
    from filelock import Timeout

    with open(path, "a", encoding="utf-8") as file:  # also: for filelock, a folder without access is one to wait for
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
            return True
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.stat(path), os.fstat(file.fileno())):
                return True
        lock.release()
        return False
