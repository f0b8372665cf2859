# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Arrays for batches, used again once nobody holds them: fresh memory of that size costs as much as filling it."""

from __future__ import annotations

import sys
import threading
from typing import List, Tuple

import numpy as np


class BufferPool:
    """Gives float32 arrays; one is free again when no reference to it or to a view of it is left.

    Args:
        most: arrays that are kept; more are made when asked for, and forgotten.
    """

    def __init__(self, most: int = 6) -> None:
        self._most = most
        self._owners: List[np.ndarray] = [np.empty(0, np.float32)]
        self._unused = sys.getrefcount(self._owners[0])  # what the count is when nobody else holds it
        self._owners.clear()
        self._lock = threading.Lock()

    def take(self, shape: Tuple[int, ...]) -> np.ndarray:
        """Return an array of this shape with any content."""
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
