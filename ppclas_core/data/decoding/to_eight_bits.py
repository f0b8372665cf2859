# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of decoded pixels to uint8, and blending of transparent ones over a background, for DecodeImage."""

from __future__ import annotations

from typing import Optional, Union

import numpy as np

CLIP, SCALE = "clip", "scale"


def to_eight_bits(pixels: np.ndarray, depth: Union[int, str], declared: int = 0) -> np.ndarray:
    """Convert color channels to uint8.

    Args:
        pixels: pixels of any integer or float type.
        depth: `clip` drops the low bits of 16-bit values; `scale` maps the range of the image to 0..255; a
            number of bits maps 0..2**bits - 1.
        declared: declared value of full intensity, used by `scale`; 0 if not declared.
    """
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype.kind == "f":
        return _from_floats(pixels)
    if pixels.dtype.kind == "i":  # negative values are black
        pixels = np.maximum(pixels, 0)
    values = pixels.astype(np.int64)
    if depth == CLIP:
        return (values >> 8 * (pixels.dtype.itemsize - 1)).astype(np.uint8)
    if depth == SCALE:
        used = int(values.max())
        highest = declared if declared >= used else 2 ** max(used.bit_length(), 8) - 1
    else:
        highest = 2 ** int(depth) - 1
    scaled: np.ndarray = np.minimum((values * 255 + highest // 2) // highest, 255)
    return scaled.astype(np.uint8)


def _from_floats(pixels: np.ndarray) -> np.ndarray:
    """Map floats to 0..255: 0..1 is scaled, 0..255 is kept, other ranges are stretched; NaN becomes 0."""
    values = np.nan_to_num(pixels.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low = float(values.min())
    high = float(values.max())
    if low >= 0 and high <= 1:
        values = values * 255
    elif low < 0 or high > 255:
        values = (values - low) * (255 / (high - low))
    return np.rint(values).astype(np.uint8)


def alpha_of(pixels: np.ndarray, transparent: Optional[int] = None) -> Optional[np.ndarray]:
    """Return the opacity of each pixel, (H, W) uint8, 255 for opaque; None if the image has no alpha.

    Args:
        pixels: stored pixels, (H, W) or (H, W, C); the last of four channels is alpha.
        transparent: transparent value of a grayscale image; None if there is none.
    """
    if pixels.ndim == 2:
        return None if transparent is None else np.where(pixels == transparent, 0, 255).astype(np.uint8)
    if pixels.shape[2] != 4:
        return None
    alpha: np.ndarray = pixels[..., 3]
    if alpha.dtype.kind == "f":
        opacity: np.ndarray = np.rint(np.clip(np.nan_to_num(alpha), 0, 1) * 255)
        return opacity.astype(np.uint8)
    return to_eight_bits(alpha, CLIP)  # uint8 is unchanged


def blend(color: np.ndarray, alpha: np.ndarray, background: int) -> np.ndarray:
    """Blend uint8 color (H, W, 3) over a gray background, rounded to nearest."""
    opacity = alpha[..., None].astype(np.uint16)
    mixed = color.astype(np.uint16) * opacity + np.uint16(background) * (255 - opacity)  # at most 255 * 255
    return ((mixed + np.uint16(127)) // np.uint16(255)).astype(np.uint8)
