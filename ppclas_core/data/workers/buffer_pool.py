# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Pool of batch arrays that are reused when unreferenced, as allocating them takes as long as filling them."""

from __future__ import annotations

import sys
import threading
from typing import List, Tuple

import numpy as np


class BufferPool:
    """Pool of float32 arrays; an array is free when no reference to it or to a view of it exists.

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
