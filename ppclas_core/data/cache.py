# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Keep the encoded bytes of images near: in memory, or in a folder of a fast disk, up to a limit.

Every image is read once an epoch in a new order, so nothing is ever thrown out: what came first stays.
"""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from typing import Dict, Optional

from ppclas_core.data.errors import BadImage
from ppclas_core.data.readers.image_walk import CACHE_TAG
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError
from ppclas_core.system.atomic import write_atomic


class _Budget:
    """Bytes that may still be kept; shared by threads."""

    def __init__(self, limit: int) -> None:
        self.left = limit
        self._lock = threading.Lock()

    def take(self, size: int) -> bool:
        with self._lock:
            if size > self.left:
                return False
            self.left -= size
            return True


class RamCache(Source):
    """The images of another source, held in memory once they were read, up to `limit` bytes."""

    def __init__(self, source: Source, limit: int) -> None:
        self.__dict__.update(source.__dict__)
        self._source, self._budget = source, _Budget(limit)
        self._held: Dict[int, bytes] = {}

    def path(self, index: int) -> str:
        """As the source says."""
        return self._source.path(index)

    def read(self, index: int) -> bytes:
        """The encoded bytes of one image."""
        data = self._held.get(index)
        if data is None:
            data = self._source.read(index)
            if self._budget.take(len(data)):
                self._held[index] = data
        return data


class DiskCache(Source):
    """The files of another source, copied into `folder` once they were read, up to `limit` bytes of it.

    A copy is known by path, size and time of its file, so a file that changed is read anew. Copies of earlier runs
    count towards the limit. A file `CACHEDIR.TAG` keeps backups, and walks through folders, out.

    Raises:
        UserError: the folder cannot be made.
    """

    def __init__(self, source: Source, limit: int, folder: Path) -> None:
        self.__dict__.update(source.__dict__)
        self._source, self._folder = source, folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / CACHE_TAG).write_text("Signature: 8a477f597d28d172789f06886806bc55\n", encoding="utf-8")
            used = sum(entry.stat().st_size for entry in os.scandir(folder) if entry.is_file()
                       and entry.name != CACHE_TAG)
        except OSError as error:
            raise UserError(f"the cache cannot be used: {error.strerror or error}", where=str(folder)) from error
        self._budget = _Budget(max(limit - used, 0))

    def path(self, index: int) -> str:
        """As the source says."""
        return self._source.path(index)

    def read(self, index: int) -> bytes:
        """The encoded bytes of one image.

        Raises:
            BadImage: the file is missing or cannot be read.
        """
        copy = self._copy_of(self._source.path(index))
        if copy is not None:
            try:
                return copy.read_bytes()
            except OSError:  # not there yet
                pass
        data = self._source.read(index)
        if copy is not None and self._budget.take(len(data)):
            self._write(copy, data)
        return data

    def _copy_of(self, path: str) -> Optional[Path]:
        try:
            state = os.stat(path)
        except FileNotFoundError as error:
            raise BadImage("no such file", path) from error
        except OSError:  # the source says what is wrong
            return None
        key = f"{os.path.abspath(path)}\0{state.st_size}\0{state.st_mtime_ns}"
        return self._folder / hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()

    def _write(self, copy: Path, data: bytes) -> None:
        """All or nothing; a disk that is full ends the caching, not the training."""
        try:
            write_atomic(copy, data, durable=False)
        except OSError:
            self._budget.left = 0


def cached(source: Source, kind: str, limit_gb: float, folder: Optional[str]) -> Source:
    """`source` behind the cache of a config: `none`, `ram`, or `disk` in `folder`.

    Raises:
        UserError: a disk cache without a folder, a folder without it, or a cache of images that lie in shards.
    """
    limit = int(limit_gb * 1e9)
    if folder and kind != "disk":
        raise UserError("cache_dir has no effect without cache: disk")
    if kind != "none" and hasattr(source, "files"):
        raise UserError("a cache is for single files; these images lie in shards, which the system keeps in memory",
                        do="remove cache; shards on a slow disk are best copied to a fast one")
    if kind == "ram":
        return RamCache(source, limit)
    if kind == "disk":
        if not folder:
            raise UserError("a disk cache needs its folder", do="cache_dir: a folder on a fast disk")
        return DiskCache(source, limit, Path(folder))
    return source
