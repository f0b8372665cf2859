# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Buffer of one batch, which many threads fill, and the pool of arrays that the buffers of successive batches share.

A worker puts each image into its slot as float32 (C, H, W). The loader takes the filled buffer and makes it a `Batch`.
"""

from __future__ import annotations

import sys
import threading
from typing import List, Optional, Tuple

import numpy as np

from ppclas_core.data.fused import FusedPipeline
from ppclas_core.errors import UserError


class BufferPool:
    """Pool of float32 arrays that are reused, as allocating an array takes as long as filling it.

    An array is free when no reference to it or to a view of it exists.

    Args:
        most: number of arrays that the pool keeps; the oldest is dropped.
    """

    def __init__(self, most: int = 6) -> None:
        self._most = most
        self._owners: List[np.ndarray] = [np.empty(0, np.float32)]
        self._unused = sys.getrefcount(self._owners[0])  # reference count of an unused array
        self._owners.clear()
        self._lock = threading.Lock()

    def take(self, shape: Tuple[int, ...]) -> np.ndarray:
        """Return an uninitialized array of this shape."""
        size = int(np.prod(shape))
        with self._lock:
            for number in range(len(self._owners)):
                if self._owners[number].size == size and sys.getrefcount(self._owners[number]) == self._unused:
                    return self._owners[number].reshape(shape)
            owner = np.empty(size, np.float32)
            if len(self._owners) >= self._most:
                self._owners.pop(0)
            self._owners.append(owner)
            return owner.reshape(shape)


class BatchBuffer:
    """Buffer with one slot per sample; its array is allocated when the shape of the first image is known.

    Args:
        step: step of the epoch.
        keys: (N,) int64, sample keys of the batch.
        plan: fused pipeline that writes images into slots.
        pool: pool of arrays.
    """

    def __init__(self, step: int, keys: np.ndarray, plan: FusedPipeline, pool: BufferPool) -> None:
        self.step = step
        self.keys = keys
        self._plan = plan
        self._pool = pool
        self._filled = np.zeros(len(keys), dtype=bool)
        self._images: Optional[np.ndarray] = None
        self._first = ""  # path of the first image, for errors
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.keys)

    def put(self, slot: int, image: np.ndarray, path: str) -> None:
        """Write an image from `FusedPipeline.image` into its slot, as float32 (C, H, W).

        Raises:
            UserError: its shape differs from the other images of the batch.
        """
        shape = self._plan.shape(image)
        with self._lock:
            if self._images is None:
                self._images = self._pool.take((len(self), *shape))
                self._first = path
        if shape != self._images.shape[1:]:
            raise shape_error(shape, self._images.shape[1:], path, self._first)
        self._plan.write(image, self._images[slot], path)
        self._filled[slot] = True

    def take(self) -> Tuple[np.ndarray, np.ndarray]:
        """Return images (M, C, H, W) float32 and keys (M,) of the M filled slots."""
        if self._images is None:
            return np.empty((0, 0, 0, 0), np.float32), self.keys[:0]
        if self._filled.all():
            return self._images, self.keys
        return self._images[self._filled], self.keys[self._filled]


def shape_error(shape: Tuple[int, ...], wanted: Tuple[int, ...], path: str, first: str) -> UserError:
    """Return the error for an image whose shape differs from its batch."""
    return UserError(f"the transforms give images of different shapes: {shape} here, {wanted} for {first}", where=path,
                     do="end with a crop: CropImage or RandCropImage")
