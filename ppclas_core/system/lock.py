# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""File locks between processes; the operating system releases a lock when its holder ends for any reason."""

from __future__ import annotations

import contextlib
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Iterator

from ppclas_core.errors import UserError

if TYPE_CHECKING:
    from filelock import FileLock

_log = logging.getLogger(__name__)


class LockTimeoutError(UserError):
    """Raised when another process holds a lock for longer than the caller waits."""


@contextlib.contextmanager
def locked(path: Path, *, timeout: float = 3600.0, what: str = "", remove: bool = False) -> Iterator[None]:
    """Hold a lock in this context. A file system without locks is not an error; there the context has no lock.

    Args:
        path: the lock file; its folder is created.
        timeout: seconds to wait for another holder.
        what: work of the other holder, for the warning while waiting.
        remove: remove the file at the end; False leaves an empty file.

    Raises:
        LockTimeoutError: another process holds the lock for longer than `timeout`.
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
            with contextlib.suppress(OSError):  # Windows does not remove open files
                path.unlink()  # while the lock is held: see `_acquired`
        lock.release()


def _acquired(lock: FileLock, path: Path, timeout: float, what: str) -> bool:
    """Wait for the lock; return False if its last holder has removed the file, so the caller must try again.

    Else two processes could hold the lock: one on the removed file, one on a new file of the same name. While `file` is
    open, no other file has its inode number. So if the number at `path` is that of `file`, the lock is on the file at
    `path`.
    """
    from filelock import Timeout

    with open(path, "a", encoding="utf-8") as file:  # raises without write access, where filelock would wait
        try:
            try:
                lock.acquire(timeout=0)
            except Timeout:
                if timeout > 0:
                    _log.warning("waiting for another process: %s", what)
                lock.acquire(timeout=timeout, poll_interval=0.05)
        except Timeout:
            raise LockTimeoutError(f"another process has been busy for {timeout:.0f} s: {what}", where=str(path),
                       do="wait for it or end it") from None
        except (OSError, NotImplementedError) as error:
            _log.info("%s: this file system has no locks (%s)", path, error)
            return True
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.stat(path), os.fstat(file.fileno())):
                return True
        lock.release()
        return False
