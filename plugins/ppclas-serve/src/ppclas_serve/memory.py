# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Memory of large requests goes back to the system."""

from __future__ import annotations

import ctypes
import sys

_M_MMAP_THRESHOLD = -3
LARGE = 8 << 20
"""Bytes; batches of usual size stay below, so that their memory is used again."""


def return_large_blocks() -> None:
    """Let glibc give blocks of `LARGE` bytes back as soon as they are freed; elsewhere this does nothing.

    By itself it learns from the first large block to keep all that are smaller, and the process never shrinks again.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, LARGE)
