# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""One process per run folder: two trainings that write to one would leave a mixture of both."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import IO, Iterator

from ppclas_core.errors import UserError


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the run folder, which need not exist yet; the system lets go of it when the process dies.

    The lock is a file beside the folder, gone afterwards.

    Raises:
        UserError: another process holds it, or nothing can be written there.
    """
    path = folder.with_name(f".{folder.name}.lock")
    made = not path.parent.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = open(path, "a", encoding="utf-8")  # noqa: SIM115 - open as long as the lock is held
    except OSError as error:
        raise UserError(f"cannot write there: {error.strerror or error}", where=str(path.parent),
                        do="set model_save_dir to a folder that can be written") from error
    with file:
        if not _taken(file):
            raise UserError("another process is training in this run folder", where=str(folder),
                            do="wait for it, or set model_save_dir to another folder")
        try:
            yield
        finally:
            if os.name != "nt":  # Windows removes no open file; an old lock file does no harm
                path.unlink(missing_ok=True)
            if made and path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()


def _taken(file: IO[str]) -> bool:
    """Try to lock; also True where the file system knows no locks."""
    if os.name == "nt":
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
