# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Storage of the encoded images of a source; a new storage format is a subclass of `Storage`."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from typing import Optional, Union

import numpy as np

from ppclas_core.data.decoding.jpeg_restart import DividedJpeg
from ppclas_core.data.readers.image_file import read_image_file

StoredImage = Union[bytes, DividedJpeg]
"""Encoded image as a storage returns it: the file, or an object of which a part can be decoded."""


class Storage(ABC):
    """Storage of the encoded images of a `Source`.

    Subclasses define `path`, `read` and `select`; threads and forked processes call them concurrently.

    Args:
        root: folder to which the names of the images are relative.

    Attributes:
        single_files: each image is a separate file, at the path that `path` returns.
        not_forked: reason why forked worker processes cannot use it, such as an open handle; "" if they can.
    """

    single_files: bool = False
    not_forked: str = ""

    def __init__(self, root: str) -> None:
        self.root = root

    @property
    def sizes(self) -> Optional[np.ndarray]:
        """Size of each image in bytes, (N,) int64; None if only the file system knows it."""
        return None

    @abstractmethod
    def path(self, index: int, name: str) -> str:
        """Return the path of an image, for messages and, with `single_files`, for opening it.

        Args:
            index: index of the image.
            name: name of the image in the source.
        """

    @abstractmethod
    def read(self, index: int, path: str) -> bytes:
        """Return the encoded bytes of an image.

        Args:
            index: index of the image.
            path: result of `path` for the image.

        Raises:
            BadImage: the image is missing or cannot be read.
        """

    def open(self, index: int, path: str) -> StoredImage:
        """Return the input of `FusedPipeline` for an image: its bytes, or an object of which a part can be decoded.

        Raises:
            BadImage: see `read`.
        """
        return self.read(index, path)

    @abstractmethod
    def select(self, indices: np.ndarray) -> Storage:
        """Return a storage in which image i is image `indices[i]` of this one, (M,) int64."""


class Files(Storage):
    """Storage of one file per image, below `root`."""

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
        """Return this storage, which identifies images by path."""
        return self
