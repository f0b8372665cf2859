# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Cache of encoded images, in memory or in a folder of a fast disk, up to a size limit.

Every image is read once per epoch, so evicting one for another gains nothing: the first images stay in the cache.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import threading
from pathlib import Path
from typing import Dict, Optional

import numpy as np

from ppclas_core.data.errors import BadImage
from ppclas_core.data.readers.image_walk import CACHE_TAG
from ppclas_core.data.readers.source import Source
from ppclas_core.data.readers.storage import Storage
from ppclas_core.errors import UserError
from ppclas_core.system.atomic import write_atomic


class Budget:
    """Remaining bytes of a cache; thread-safe.

    Args:
        limit: size of the cache in bytes.
    """

    def __init__(self, limit: int) -> None:
        self.left = limit
        self._lock = threading.Lock()

    def take(self, size: int) -> bool:
        """Return whether an image of this size fits; if so, reserve its bytes."""
        with self._lock:
            if size > self.left:
                return False
            self.left -= size
            return True


class RamCache(Storage):
    """Cache in memory of another storage's images, up to a budget."""

    not_forked = "the images cached in memory belong to one process"

    def __init__(self, storage: Storage, budget: Budget) -> None:
        super().__init__(storage.root)
        self.single_files = storage.single_files
        self._storage = storage
        self._budget = budget
        self._held: Dict[int, bytes] = {}

    @property
    def sizes(self) -> Optional[np.ndarray]:
        """Size of each image in bytes, (N,) int64; None if the other storage does not know it."""
        return self._storage.sizes

    def path(self, index: int, name: str) -> str:
        """Return the path in the other storage."""
        return self._storage.path(index, name)

    def read(self, index: int, path: str) -> bytes:
        """Return the encoded bytes of one image.

        Raises:
            BadImage: the image is missing or cannot be read.
        """
        data = self._held.get(index)
        if data is None:
            data = self._storage.read(index, path)
            if self._budget.take(len(data)):
                self._held[index] = data
        return data

    def select(self, indices: np.ndarray) -> RamCache:
        """Return an empty cache of some of the images, with the same budget."""
        return RamCache(self._storage.select(indices), self._budget)


class DiskCache(Storage):
    """Cache in a folder of another storage's files, up to a budget.

    The cache key consists of path, size and modification time, so a changed file is read again.
    """

    def __init__(self, storage: Storage, budget: Budget, folder: Path) -> None:
        super().__init__(storage.root)
        self.single_files = storage.single_files
        self._storage = storage
        self._budget = budget
        self._folder = folder

    @property
    def sizes(self) -> Optional[np.ndarray]:
        """Size of each image in bytes, (N,) int64; None if the other storage does not know it."""
        return self._storage.sizes

    def path(self, index: int, name: str) -> str:
        """Return the path in the other storage."""
        return self._storage.path(index, name)

    def select(self, indices: np.ndarray) -> DiskCache:
        """Return the cache of some of the images, in the same folder and with the same budget."""
        return DiskCache(self._storage.select(indices), self._budget, self._folder)

    def read(self, index: int, path: str) -> bytes:
        """Return the encoded bytes of one image.

        Raises:
            BadImage: the file is missing or cannot be read.
        """
        copy = self._copy_of(path)
        if copy is not None:
            try:
                return copy.read_bytes()
            except OSError:  # not cached yet
                pass
        data = self._storage.read(index, path)
        if copy is not None and self._budget.take(len(data)):
            self._write(copy, data)
        return data

    def _copy_of(self, path: str) -> Optional[Path]:
        try:
            state = os.stat(path)
        except FileNotFoundError as error:
            raise BadImage("no such file", path) from error
        except OSError:  # the storage reports the error
            return None
        key = f"{os.path.abspath(path)}\0{state.st_size}\0{state.st_mtime_ns}"
        return self._folder / hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()

    def _write(self, copy: Path, data: bytes) -> None:
        """Write a copy atomically; a full disk stops the caching, not the training."""
        try:
            write_atomic(copy, data, durable=False)
        except OSError:
            self._budget.left = 0


def cached(source: Source, kind: str, limit_gb: float, folder: Optional[str]) -> Source:
    """Return a source with the cache of a config: `none`, `ram`, or `disk` in `folder`.

    Raises:
        UserError: a disk cache has no folder, a folder is given without a disk cache, or the images are in shards.
    """
    limit = int(limit_gb * 1e9)
    if folder and kind != "disk":
        raise UserError("cache_dir has no effect without cache: disk")
    if kind != "none" and not source.storage.single_files:
        raise UserError("a cache needs single files, but the images are in shards, which the system keeps in memory",
                        do="remove cache; copy shards from a slow disk to a fast one")
    if kind == "ram":
        return dataclasses.replace(source, storage=RamCache(source.storage, Budget(limit)))
    if kind == "disk":
        if not folder:
            raise UserError("cache: disk needs a folder", do="set cache_dir to a folder on a fast disk")
        return dataclasses.replace(source, storage=disk_cache(source.storage, limit, Path(folder)))
    return source


def disk_cache(storage: Storage, limit: int, folder: Path) -> DiskCache:
    """Return a cache in a folder; copies of earlier runs count towards the limit.

    A file `CACHEDIR.TAG` makes backups and searches for images skip the folder.

    Args:
        storage: storage of the files.
        limit: size of all copies in bytes.
        folder: folder of the copies; it is created if missing.

    Raises:
        UserError: the folder cannot be created.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / CACHE_TAG).write_text("Signature: 8a477f597d28d172789f06886806bc55\n", encoding="utf-8")
        used = sum(entry.stat().st_size for entry in os.scandir(folder) if entry.is_file() and entry.name != CACHE_TAG)
    except OSError as error:
        raise UserError(f"the cache cannot be used: {error.strerror or error}", where=str(folder)) from error
    return DiskCache(storage, Budget(max(limit - used, 0)), folder)
