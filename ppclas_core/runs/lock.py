# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Lock of a run folder, which prevents that two trainings write to the same folder."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Iterator

from ppclas_core.errors import UserError
from ppclas_core.system import lock


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a run folder during the block; the folder need not exist. A lock ends with its process.

    The lock is a file `.<name>.lock` beside the folder. It is removed afterwards, with its parent folder if that was
    created for the lock and is empty.

    Raises:
        UserError: another process holds the lock, or the parent folder is not writable.
    """
    with contextlib.ExitStack() as stack:
        path = folder.with_name(f".{folder.name}.lock")
        if not path.parent.exists():
            stack.callback(_remove_if_empty, path.parent)
        try:
            stack.enter_context(lock.locked(path, timeout=0, remove=True))
        except lock.LockTimeoutError:
            raise UserError("another process is training in this run folder", where=str(folder),
                            do="wait for it, or set model_save_dir to another folder") from None
        except OSError as error:
            raise UserError(f"cannot write there: {error.strerror or error}", where=str(path.parent),
                            do="set model_save_dir to a folder that can be written") from error
        yield


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
