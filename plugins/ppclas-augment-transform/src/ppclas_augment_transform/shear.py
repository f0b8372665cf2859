# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Shear with the taps of Pillow's affine transform: bicubic with a = -1 between pixel centres, fractions cut off."""

from __future__ import annotations

from typing import Sequence

import numpy as np

from ppclas_core.data.cv import cv2


def shear_x(image: np.ndarray, slope: float, fill: Sequence[float]) -> np.ndarray:
    """Shift each row of (H, W, 3) uint8 by `slope` pixels per row, counted from the top; empty places get `fill`."""
    height, width, channels = image.shape
    source = np.arange(width) + 0.5 + slope * (np.arange(height)[:, None] + 0.5)
    before = np.floor(source - 0.5)
    share = (source - 0.5) - before  # the same along a row but for the last bit
    shifted = _shifted_rows(image, before[:, 0].astype(np.int64)).reshape(height, -1).astype(np.float32)
    taps = [shifted[:, start * channels : (start + width) * channels] for start in range(4)]
    values = _cubic(taps, share[:, :1].astype(np.float32))
    # slopes such as 1/15 give many values at a whole number, where only float64 cuts off what Pillow does
    rows, columns = np.nonzero(np.abs(values - np.rint(values)) < 1e-3)
    exact = _cubic([tap[rows, columns].astype(np.float64) for tap in taps], share[rows, columns // channels])
    result = np.clip(values, 0, 255, out=values).astype(np.uint8)
    result[rows, columns] = np.clip(exact, 0, 255)
    result = result.reshape(image.shape)
    result[(source < 0) | (source >= width)] = np.asarray(fill, np.uint8)
    return result


def shear_y(image: np.ndarray, slope: float, fill: Sequence[float]) -> np.ndarray:
    """Shift each column by `slope` pixels per column, counted from the left."""
    return cv2.transpose(shear_x(cv2.transpose(image), slope, fill))


def _cubic(taps: Sequence[np.ndarray], share: np.ndarray) -> np.ndarray:
    """The curve through four neighbours at `share` of the way from the second to the third, by Horner's rule."""
    first, second, third, fourth = taps
    values = second - first
    rise = fourth - third
    square = -2 * values - rise
    values += rise
    for coefficient in (square, third - first, second):
        values *= share
        values += coefficient
    return values


def _shifted_rows(image: np.ndarray, start: np.ndarray) -> np.ndarray:
    """(H, W + 3, 3): row y from its pixel start[y] - 1 on, the outermost pixels repeated."""
    height, width = image.shape[:2]
    maps = np.empty((height, width + 3, 2), np.int16)
    maps[:, :, 0] = np.clip(np.arange(width + 3) + start[:, None] - 1, 0, width - 1)
    maps[:, :, 1] = np.arange(height)[:, None]
    return cv2.remap(np.ascontiguousarray(image), maps, None, cv2.INTER_NEAREST)
