# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Operations that blend the image with a degenerate one: brightness, contrast, color, sharpness.

`factor` 0 gives the degenerate image, 1 the image itself, more than 1 enhances. Bit-equal to Pillow's ImageEnhance,
which truncates fractions.
"""

from __future__ import annotations

import numpy as np

from ppclas_core.data import cv2

_VALUES = np.arange(256, dtype=np.uint8)
_SMOOTH = np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]], np.float32) / 13
_LUMA = np.array([[19595, 38470, 7471]], np.float32) / 65536
"""ITU-R 601-2 weights of red, green, blue as Pillow rounds them: float32 holds their sums exactly."""


def brightness(image: np.ndarray, factor: float) -> np.ndarray:
    """Blend (H, W, 3) uint8 with black."""
    result: np.ndarray = cv2.LUT(image, _blend(np.zeros(1), _VALUES, factor))
    return result


def contrast(image: np.ndarray, factor: float) -> np.ndarray:
    """Blend with the mean luminance of the image."""
    mean = int(_gray(image).mean(dtype=np.float64) + 0.5)
    result: np.ndarray = cv2.LUT(image, _blend(np.array([mean]), _VALUES, factor))
    return result


def color(image: np.ndarray, factor: float) -> np.ndarray:
    """Blend with the gray image."""
    return _blend(_gray(image)[:, :, None], image, factor)


def sharpness(image: np.ndarray, factor: float) -> np.ndarray:
    """Blend with the smoothed image; the border pixels, which lack neighbors, are unchanged."""
    if min(image.shape[:2]) < 3:
        return image.copy()
    smooth = image.copy()
    smooth[1:-1, 1:-1] = cv2.filter2D(image, -1, _SMOOTH)[1:-1, 1:-1].reshape(smooth[1:-1, 1:-1].shape)
    return _blend(smooth, image, factor)


def _gray(image: np.ndarray) -> np.ndarray:
    gray: np.ndarray = cv2.transform(image, _LUMA)
    return gray.reshape(image.shape[:2])


def _blend(degenerate: np.ndarray, image: np.ndarray, factor: float) -> np.ndarray:
    start = degenerate.astype(np.float32)
    values = image - start
    values *= np.float32(factor)
    values += start
    return np.clip(values, 0, 255, out=values).astype(np.uint8)
