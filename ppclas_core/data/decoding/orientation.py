# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The eight Exif orientations: position of a box in the stored image, and rotation of the pixels to upright."""

from __future__ import annotations

from typing import Tuple

import numpy as np

from ppclas_core.data.opencv import cv2

BoxOf4 = Tuple[int, int, int, int]
_MIRRORED = {2, 3, 6, 7}
_TURNED_OVER = {3, 4, 7, 8}
_FLIP_CODES = {(True, True): -1, (True, False): 1, (False, True): 0}
"""(mirrored left-right, turned upside down) -> code of `cv2.flip`."""


def stored_box(box: BoxOf4, orientation: int, width: int, height: int) -> BoxOf4:
    """Return the position in the stored image of a box of the upright image; boxes are (x, y, width, height).

    Args:
        box: box of the upright image.
        orientation: Exif orientation, 1..8.
        width: width of the stored image in pixels.
        height: height of the stored image in pixels.
    """
    x, y, wide, tall = box
    across, down = (height, width) if orientation >= 5 else (width, height)
    if orientation in _MIRRORED:
        x = across - x - wide
    if orientation in _TURNED_OVER:
        y = down - y - tall
    return (y, x, tall, wide) if orientation >= 5 else (x, y, wide, tall)


def upright(image: np.ndarray, orientation: int) -> np.ndarray:
    """Return the stored pixels (H, W, C), rotated or flipped to upright, as a contiguous array."""
    if orientation >= 5:
        image = cv2.transpose(image)
    flip_code = _FLIP_CODES.get((orientation in _MIRRORED, orientation in _TURNED_OVER))
    return image if flip_code is None else cv2.flip(image, flip_code)
