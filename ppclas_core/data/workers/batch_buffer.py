# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Buffer of one batch that many threads fill."""

from __future__ import annotations

import threading
from typing import Optional, Tuple

import numpy as np

from ppclas_core.data.fused import FusedPipeline
from ppclas_core.data.workers.buffer_pool import BufferPool
from ppclas_core.errors import UserError


class BatchBuffer:
    """Buffer with one slot per sample; its array is allocated when the shape of the first image is known.

    Args:
        step: step of the epoch.
        keys: (N,) int64, sample keys of the batch.
        plan: fused pipeline that writes images into slots.
        pool: pool of arrays.
    """

    def __init__(self, step: int, keys: np.ndarray, plan: FusedPipeline, pool: BufferPool) -> None:
        self.step, self.keys = step, keys
        self._plan, self._pool = plan, pool
        self._filled = np.zeros(len(keys), dtype=bool)
        self._images: Optional[np.ndarray] = None
        self._first = ""
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
            raise other_shape(shape, self._images.shape[1:], path, self._first)
        self._plan.write(image, self._images[slot], path)
        self._filled[slot] = True

    def take(self) -> Tuple[np.ndarray, np.ndarray]:
        """Return images (M, C, H, W) float32 and keys (M,) of the M filled slots."""
        if self._images is None:
            return np.empty((0, 0, 0, 0), np.float32), self.keys[:0]
        if self._filled.all():
            return self._images, self.keys
        return self._images[self._filled], self.keys[self._filled]


def other_shape(shape: Tuple[int, ...], wanted: Tuple[int, ...], path: str, first: str) -> UserError:
    """Return the error for an image whose shape differs from its batch."""
    return UserError(f"the transforms give images of different shapes: {shape} here, {wanted} for {first}", where=path,
                     do="end with a crop: CropImage or RandCropImage")
