# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The array that one batch is written into, sample by sample, by many threads."""

from __future__ import annotations

import threading
from typing import Optional, Tuple

import numpy as np

from ppclas_core.errors import UserError


class BatchBuffer:
    """One slot per sample; the array is made when the first image shows its shape.

    Args:
        indices: (N,) int64, the samples of the batch.
    """

    def __init__(self, indices: np.ndarray) -> None:
        self.indices = indices
        self._filled = np.zeros(len(indices), dtype=bool)
        self._images: Optional[np.ndarray] = None
        self._first = ""
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.indices)

    def put(self, slot: int, image: np.ndarray, path: str) -> None:
        """Copy an image (C, H, W) float32 into its slot.

        Raises:
            UserError: its shape is not that of the other images of the batch.
        """
        with self._lock:
            if self._images is None:
                self._images = np.empty((len(self), *image.shape), np.float32)
                self._first = path
        if image.shape != self._images.shape[1:]:
            raise UserError(f"the transforms give images of different shapes: {image.shape} here, "
                            f"{self._images.shape[1:]} for {self._first}", where=path,
                            do="end with a crop: CropImage or RandCropImage")
        self._images[slot] = image
        self._filled[slot] = True

    def take(self) -> Tuple[np.ndarray, np.ndarray]:
        """(images (M, C, H, W) float32, indices (M,)) of the M slots that were filled."""
        if self._images is None:
            return np.empty((0, 0, 0, 0), np.float32), self.indices[:0]
        if self._filled.all():
            return self._images, self.indices
        return self._images[self._filled], self.indices[self._filled]
