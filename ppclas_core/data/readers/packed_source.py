# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Images that lie one behind the other in large files: tar shards, and the shards of `ppclas repack`."""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from ppclas_core.data.errors import BadImage
from ppclas_core.data.readers.label_sets import LabelSets
from ppclas_core.data.readers.source import Source


class ContainerSource(Source):
    """A source whose image i is the bytes `offsets[i] .. offsets[i] + lengths[i]` of file `files[shards[i]]`.

    Each file is mapped at first use: one open file per shard, no call of the system per image.

    Args:
        files: paths of the containers; further arguments: see `Source`.
        shards: (N,) int32; offsets: (N,) int64; lengths: (N,) int64, in bytes.
    """

    _per_image: Tuple[str, ...] = ("labels", "_starts", "_ends", "shards", "offsets", "lengths")

    def __init__(self, root: str, names: bytes, starts: np.ndarray, ends: np.ndarray,
                 labels: Union[np.ndarray, LabelSets], class_names: Optional[Sequence[str]], *, files: Sequence[Path],
                 shards: np.ndarray, offsets: np.ndarray, lengths: np.ndarray) -> None:
        super().__init__(root, names, starts, ends, labels, class_names)
        self.files: List[Path] = list(files)
        self.shards, self.offsets, self.lengths = shards, offsets, lengths
        self._maps: Dict[int, Any] = {}

    def path(self, index: int) -> str:
        """`shard.tar:member`, for messages; there is no such file."""
        return f"{self.files[self.shards[index]]}:{self.name(index)}"

    def read(self, index: int) -> bytes:
        """The encoded bytes of one image.

        Raises:
            BadImage: the container is missing, or shorter than it was.
        """
        return bytes(self.view(index, int(self.offsets[index]), int(self.lengths[index])))

    def view(self, index: int, offset: int, length: int) -> memoryview:
        """Bytes of the container that holds image `index`, without a copy."""
        number = int(self.shards[index])
        content = self._maps.get(number)
        if content is None:
            content = self._maps.setdefault(number, _mapped(self.files[number], self.path(index)))
        if offset + length > len(content):
            raise BadImage(f"lies behind the end of its container, which has {len(content)} bytes", self.path(index))
        return content[offset : offset + length]


def _mapped(file: Path, path: str) -> memoryview:
    try:
        with open(file, "rb") as stream:
            if os.fstat(stream.fileno()).st_size == 0:
                return memoryview(b"")
            return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise BadImage(f"its container cannot be read: {error.strerror or error}", path) from error
