# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Shear, bit-equal to Pillow's affine transform: bicubic with a = -1 between pixel centers, fractions truncated."""

from __future__ import annotations

from typing import Sequence, Tuple

import numpy as np

from ppclas_core.data import cv2

_MARGIN = 5e-4
"""Error bound of float32; values closer to an integer are recomputed in float64."""


def shear_x(image: np.ndarray, slope: float, fill: Sequence[float]) -> np.ndarray:
    """Shift each row of (H, W, 3) uint8 by `slope` pixels per row, counted from the top; empty pixels get `fill`."""
    height, width, channels = image.shape
    centers = np.arange(width) + 0.5
    offsets = slope * (np.arange(height) + 0.5)
    before = np.floor(0.5 + offsets - 0.5)
    shifted = _shifted_rows(image, before.astype(np.int64)).reshape(height, -1).astype(np.float32)
    taps = [shifted[:, start * channels : (start + width) * channels] for start in range(4)]
    weights = _weights(0.5 + offsets - 0.5 - before)
    values = taps[0] * weights[0]
    for tap, weight in zip(taps[1:], weights[1:]):
        values += tap * weight
    result: np.ndarray = cv2.add(values, -0.5 - _MARGIN, dtype=cv2.CV_8U)  # cv2 rounds; with this offset it truncates
    # slopes such as 1/15 give many integer values, where only float64 truncates as Pillow does
    uncertain = np.flatnonzero(result != cv2.add(values, -0.5 + _MARGIN, dtype=cv2.CV_8U))
    rows, columns = np.divmod(uncertain, width * channels)
    source = centers[columns // channels] + offsets[rows] - 0.5
    result[rows, columns] = np.clip(_cubic([tap[rows, columns] for tap in taps], source - np.floor(source)), 0, 255)
    result = result.reshape(image.shape)
    source = centers + offsets[:, None]
    result[(source < 0) | (source >= width)] = np.asarray(fill, np.uint8)
    return result


def shear_y(image: np.ndarray, slope: float, fill: Sequence[float]) -> np.ndarray:
    """Shift each column by `slope` pixels per column, counted from the left."""
    sheared: np.ndarray = cv2.transpose(shear_x(cv2.transpose(image), slope, fill))
    return sheared


def _weights(fraction: np.ndarray) -> Tuple[np.ndarray, ...]:
    """Return the bicubic weights of four taps, (H, 1) float32 each, at `fraction` (H,) between the inner two taps."""
    square, cube = fraction**2, fraction**3
    weights = (2 * square - fraction - cube, 1 - 2 * square + cube, fraction + square - cube, cube - square)
    return tuple(weight[:, None].astype(np.float32) for weight in weights)


def _cubic(taps: Sequence[np.ndarray], fraction: np.ndarray) -> np.ndarray:
    """Interpolate in float64, in Pillow's order of operations."""
    first, second, third, fourth = (tap.astype(np.float64) for tap in taps)
    square, cube = 2 * (first - second) + third - fourth, second - first + fourth - third
    return second + fraction * ((third - first) + fraction * (square + fraction * cube))


def _shifted_rows(image: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return (H, W + 3, 3): row y from its pixel start[y] - 1 on, with border pixels repeated."""
    height, width = image.shape[:2]
    maps = np.empty((height, width + 3, 2), np.int16)
    maps[:, :, 0] = np.clip(np.arange(width + 3) + start[:, None] - 1, 0, width - 1)
    maps[:, :, 1] = np.arange(height)[:, None]
    rows: np.ndarray = cv2.remap(np.ascontiguousarray(image), maps, None, cv2.INTER_NEAREST)
    return rows
