# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The eight Exif orientations: mapping of boxes, and rotation to upright."""

from __future__ import annotations

from typing import Tuple

import numpy as np

from ppclas_core.data.opencv import cv2

BoxOf4 = Tuple[int, int, int, int]
_MIRRORED = {2, 3, 6, 7}
_TURNED_OVER = {3, 4, 7, 8}


def stored_box(box: BoxOf4, orientation: int, width: int, height: int) -> BoxOf4:
    """Return the box (x, y, width, height) in the stored image, of `width` x `height`, of an upright `box`."""
    x, y, wide, tall = box
    across, down = (height, width) if orientation >= 5 else (width, height)
    if orientation in _MIRRORED:
        x = across - x - wide
    if orientation in _TURNED_OVER:
        y = down - y - tall
    return (y, x, tall, wide) if orientation >= 5 else (x, y, wide, tall)


def upright(image: np.ndarray, orientation: int) -> np.ndarray:
    """Return the stored pixels (H, W, C) rotated or flipped to upright, contiguous."""
    if orientation >= 5:
        image = cv2.transpose(image)
    mirrored, over = orientation in _MIRRORED, orientation in _TURNED_OVER
    if mirrored or over:
        image = cv2.flip(image, -1 if mirrored and over else 1 if mirrored else 0)
    return image
