# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Pointwise operations: invert, solarize, posterize. Bit-equal to Pillow's ImageOps."""

from __future__ import annotations

import numpy as np

from ppclas_core.data import cv2

_VALUES = np.arange(256, dtype=np.uint8)


def invert(image: np.ndarray) -> np.ndarray:
    """Return 255 - x of (H, W, C) uint8."""
    inverted: np.ndarray = cv2.bitwise_not(image)
    return inverted


def solarize(image: np.ndarray, threshold: float) -> np.ndarray:
    """Invert the values from `threshold` (0..256) on; 256 changes nothing."""
    table = _VALUES.copy()
    np.subtract(255, table, out=table, where=table >= threshold)
    solarized: np.ndarray = cv2.LUT(image, table)
    return solarized


def posterize(image: np.ndarray, bits: float) -> np.ndarray:
    """Keep the `bits` (0..8) highest bits of each value; 8 changes nothing."""
    lost = 8 - int(bits)
    posterized: np.ndarray = cv2.LUT(image, (_VALUES.astype(np.int64) >> lost << lost).astype(np.uint8))
    return posterized
