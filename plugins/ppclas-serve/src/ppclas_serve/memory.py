# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Allocator setting that returns the memory of large requests to the system."""

from __future__ import annotations

import ctypes
import sys

_M_MMAP_THRESHOLD = -3
LARGE = 8 << 20
"""Threshold in bytes; typical batches are smaller, and their memory is reused."""


def return_large_blocks() -> None:
    """Make glibc return blocks of at least `LARGE` bytes to the system when they are freed; else do nothing.

    By default, glibc raises its threshold to the size of the first large block that is freed. It then keeps all smaller
    blocks, and the process does not shrink.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, LARGE)
