# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A lock that processes of one machine share; the system frees it when its holder ends, however it ends."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import IO, Iterator

from ppclas_core.errors import UserError


@contextlib.contextmanager
def locked(path: Path, *, timeout: float = 3600.0, what: str = "") -> Iterator[None]:
    """Hold the lock file `path` during the block; it stays behind, empty.

    Args:
        timeout: seconds to wait for another holder.
        what: what the other holder does, for the message while waiting.

    Raises:
        UserError: another process holds it for longer than `timeout`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b") as file:
        deadline, told = time.monotonic() + timeout, False
        while not _try_lock(file):
            if time.monotonic() > deadline:
                raise UserError(f"another process has been busy for {timeout:.0f} s: {what}", where=str(path),
                                do="wait for it or end it")
            if not told:
                print(f"waiting for another process: {what}", file=sys.stderr)
                told = True
            time.sleep(0.05)
        try:
            yield
        finally:
            _unlock(file)


if os.name == "nt":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            return True
        except OSError:
            return False

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            return False

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
