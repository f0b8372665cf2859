# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Where the encoded images of a source lie. A new storage format is a subclass of `Storage`."""

from __future__ import annotations

import os
from typing import Any, Optional

import numpy as np

from ppclas_core.data.readers.image_file import read_image_file


class Storage:
    """The encoded bytes of the images of one `Source`.

    A subclass defines `path`, `read` and `select`; threads, and processes that were forked, call them at the same time.

    Args:
        root: folder that the names of the images are relative to.

    Attributes:
        single_files: each image is a file of its own, whose path is what `path` returns.
        not_forked: why forked worker processes cannot share it, such as an open handle; "": they can.
    """

    single_files: bool = False
    not_forked: str = ""

    def __init__(self, root: str) -> None:
        self.root = root

    @property
    def sizes(self) -> Optional[np.ndarray]:
        """Size of each image in bytes, (N,) int64; None where only the file system knows."""
        return None

    def path(self, index: int, name: str) -> str:
        """Return the path of an image, for messages and, with `single_files`, to open it.

        Args:
            name: the image's name in the source.
        """
        raise NotImplementedError

    def read(self, index: int, path: str) -> bytes:
        """Return the encoded bytes of an image.

        Args:
            path: what `path` returned for it.

        Raises:
            BadImage: the image is missing or cannot be read.
        """
        raise NotImplementedError

    def open(self, index: int, path: str) -> Any:
        """Return what the pipeline gets of an image: its bytes, or an object that can decode a part of it.

        Raises:
            BadImage: see `read`.
        """
        return self.read(index, path)

    def select(self, indices: np.ndarray) -> Storage:
        """Return a storage in which image i is image `indices[i]` of this one, (M,) int64."""
        raise NotImplementedError


class Files(Storage):
    """One file per image, below `root`."""

    single_files = True

    def path(self, index: int, name: str) -> str:
        """Return the path of the file."""
        return os.path.join(self.root, name)

    def read(self, index: int, path: str) -> bytes:
        """Return the bytes of the file.

        Raises:
            BadImage: the file is missing or cannot be read.
        """
        return read_image_file(path)

    def select(self, indices: np.ndarray) -> Files:
        """Return this storage: it knows an image by its path."""
        return self
