# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Histogram operations per channel: autocontrast, equalize. Bit-equal to Pillow's ImageOps."""

from __future__ import annotations

from typing import Callable

import numpy as np

from ppclas_core.data import cv2


def autocontrast(image: np.ndarray) -> np.ndarray:
    """Stretch each channel of (H, W, C) uint8 linearly to 0..255."""
    return _by_channel(image, _stretch_table)


def equalize(image: np.ndarray) -> np.ndarray:
    """Equalize the histogram of each channel of (H, W, C) uint8."""
    return _by_channel(image, _equalize_table)


def _by_channel(image: np.ndarray, table_of: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    planes = [np.ascontiguousarray(plane) for plane in cv2.split(image)]
    counts = (np.bincount(plane.ravel(), minlength=256) for plane in planes)
    merged: np.ndarray = cv2.merge([cv2.LUT(plane, table_of(count)) for plane, count in zip(planes, counts)])
    return merged.reshape(image.shape)


def _stretch_table(count: np.ndarray) -> np.ndarray:
    used = np.flatnonzero(count)
    low, high = int(used[0]), int(used[-1])
    values = np.arange(256)
    if high <= low:
        return values.astype(np.uint8)
    scale = 255.0 / (high - low)
    return np.clip((values * scale - low * scale).astype(np.int64), 0, 255).astype(np.uint8)


def _equalize_table(count: np.ndarray) -> np.ndarray:
    used = count[count > 0]
    step = int(used.sum() - used[-1]) // 255
    if step == 0:  # one value only, or too few pixels to spread
        return np.arange(256, dtype=np.uint8)
    below = np.concatenate([[0], np.cumsum(count)[:-1]])
    table: np.ndarray = np.minimum((step // 2 + below) // step, 255)
    return table.astype(np.uint8)
