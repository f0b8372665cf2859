# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Translation and rotation with nearest-neighbor sampling, bit-equal to Pillow."""

from __future__ import annotations

import math
from typing import List, Sequence

import numpy as np

from ppclas_core.data import cv2


def translate_x(image: np.ndarray, pixels: float, fill: Sequence[float]) -> np.ndarray:
    """Move (H, W, 3) uint8 to the left by `pixels`, to the right if negative; empty pixels get `fill`."""
    width = image.shape[1]
    source = np.arange(width) + (0.5 + pixels)
    inside = np.flatnonzero((source >= 0) & (source < width))  # contiguous
    if len(inside) == 0:
        return np.full_like(image, np.asarray(fill, np.uint8))
    first = int(source[inside[0]])
    kept = image[:, first : first + len(inside)]
    right = width - 1 - int(inside[-1])
    moved: np.ndarray = cv2.copyMakeBorder(kept, 0, 0, int(inside[0]), right, cv2.BORDER_CONSTANT, value=_scalar(fill))
    return moved


def translate_y(image: np.ndarray, pixels: float, fill: Sequence[float]) -> np.ndarray:
    """Move up by `pixels`, down if negative; see `translate_x`."""
    moved: np.ndarray = cv2.transpose(translate_x(cv2.transpose(image), pixels, fill))
    return moved


def rotate(image: np.ndarray, degrees: float, fill: Sequence[float]) -> np.ndarray:
    """Rotate (H, W, 3) uint8 counter-clockwise about its center, by at most about 45 degrees, without resizing."""
    if degrees % 360 == 0:
        return image.copy()
    height, width = image.shape[:2]
    angle = -math.radians(degrees % 360)
    cos, sin = round(math.cos(angle), 15), round(math.sin(angle), 15)
    x, y = width / 2, height / 2  # the center
    left = x - cos * x - sin * y
    top = y + sin * x - cos * y
    # Pillow counts in 1 / 65536 of a pixel, from the center of the first pixel on
    across = np.arange(width, dtype=np.int64)
    down = np.arange(height, dtype=np.int64)[:, None]
    maps = np.empty((height, width, 2), np.int16)
    maps[:, :, 0] = (_fixed(left + (cos + sin) / 2) + _fixed(cos) * across + _fixed(sin) * down) >> 16
    maps[:, :, 1] = (_fixed(top + (cos - sin) / 2) - _fixed(sin) * across + _fixed(cos) * down) >> 16
    rotated: np.ndarray = cv2.remap(image, maps, None, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT,
                                    borderValue=_scalar(fill))
    return rotated


def _scalar(fill: Sequence[float]) -> List[float]:
    return [float(value) for value in fill]


def _fixed(value: float) -> int:
    return math.floor(value * 65536.0 + 0.5)
