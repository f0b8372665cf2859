# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Storage of images in container files (tar files, shards of `ppclas repack`), memory-mapped."""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from typing import Dict, List, Sequence

import numpy as np

from ppclas_core.data.errors import BadImage
from ppclas_core.data.readers.storage import Storage


class Containers(Storage):
    """Storage in which image i is the bytes `offsets[i] .. offsets[i] + lengths[i]` of file `files[shards[i]]`.

    Each file is memory-mapped at first use: one open file per shard, no system call per image.

    Args:
        root: see `Storage`.
        files: paths of the containers.
        shards: (N,) int32, index of the file of each image.
        offsets: (N,) int64, start of each image in its file, in bytes.
        lengths: (N,) int64, in bytes.
    """

    def __init__(self, root: str, files: Sequence[Path], shards: np.ndarray, offsets: np.ndarray,
                 lengths: np.ndarray) -> None:
        super().__init__(root)
        self.files: List[Path] = list(files)
        self.shards = shards
        self.offsets = offsets
        self.lengths = lengths
        self._maps: Dict[int, memoryview] = {}

    @property
    def sizes(self) -> np.ndarray:
        """Size of each image in bytes, (N,) int64."""
        return self.lengths

    def path(self, index: int, name: str) -> str:
        """Return `shard.tar:member`, for messages only."""
        return f"{self.files[self.shards[index]]}:{name}"

    def read(self, index: int, path: str) -> bytes:
        """Return the encoded bytes of one image.

        Raises:
            BadImage: the container is missing, or shorter than expected.
        """
        return bytes(self.view(index, path, int(self.offsets[index]), int(self.lengths[index])))

    def view(self, index: int, path: str, offset: int, length: int) -> memoryview:
        """Return bytes of the container that holds image `index`, without a copy.

        Raises:
            BadImage: see `read`.
        """
        number = int(self.shards[index])
        content = self._maps.get(number)
        if content is None:
            content = self._maps.setdefault(number, _mapped(self.files[number], path))
        if offset + length > len(content):
            raise BadImage(f"lies beyond the end of its container, which has {len(content)} bytes", path)
        return content[offset : offset + length]

    def select(self, indices: np.ndarray) -> Containers:
        """Return a storage of the selected images, which uses the same mapped files."""
        chosen = Containers(self.root, self.files, self.shards[indices], self.offsets[indices],
                            self.lengths[indices])
        chosen._maps = self._maps
        return chosen


def _mapped(file: Path, path: str) -> memoryview:
    """Map a container into memory; `path` is the image, for errors."""
    try:
        with open(file, "rb") as stream:
            if os.fstat(stream.fileno()).st_size == 0:
                return memoryview(b"")
            return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise BadImage(f"its container cannot be read: {error.strerror or error}", path) from error
