# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Files and folders that are written completely or not at all."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import Iterator, Union


@contextlib.contextmanager
def atomic_file(path: Path, *, durable: bool = True) -> Iterator[Path]:
    """Yield a temporary path beside `path`; it replaces `path` when the block ends without an error.

    Processes of several machines may write the same file at once; the last one to finish wins.

    Args:
        path: the file; its folder is created.
        durable: wait until the file is on the disk; False for files that can be made again, such as caches.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.partial")
    try:
        yield partial
        os.chmod(partial, 0o666 & ~_umask())  # some writers create files that only their owner can read
        if durable:
            sync(partial)
        os.replace(partial, path)
        if durable:
            sync(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def write_atomic(path: Path, data: Union[bytes, str], *, durable: bool = True) -> None:
    """Write a file atomically. Text is written as UTF-8, with surrogate escapes as the bytes that they stand for."""
    with atomic_file(path, durable=durable) as partial:
        partial.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogateescape"))


@contextlib.contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yield an empty temporary folder; it is renamed to `path`, which must not exist, if the block raises no error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent))
    try:
        yield partial
        for folder, _, files in os.walk(partial):
            for name in files:
                sync(Path(folder, name))
        os.chmod(partial, 0o777 & ~_umask())  # mkdtemp creates folders that only their owner can read
        os.rename(partial, path)
        sync(path.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def is_partial(path: Path) -> bool:
    """Return whether a path has the name of a temporary file or folder of this module; a killed writer leaves one."""
    return path.name.startswith(".") and path.name.endswith(".partial")


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk. Folders are skipped on Windows, which does not support this."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@functools.cache
def _umask() -> int:
    """Return the umask of this process. It is read once, as reading sets it to 0 for a moment in all threads."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
