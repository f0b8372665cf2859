# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The 14 operations by name, their values by strength, and their application to one image."""

from __future__ import annotations

from typing import Sequence, Tuple

import numpy as np

from ppclas_augment_transform import enhance, histogram, move, point, shear
from ppclas_core.errors import UserError

Operation = Tuple[str, float]
"""Name and value: a slope, a fraction of the width or height, degrees, bits, a threshold, or a factor - 1."""

NAMES = ("shearX", "shearY", "translateX", "translateY", "rotate", "color", "contrast", "brightness", "sharpness",
         "posterize", "solarize", "autocontrast", "equalize", "invert")
SIGNED = frozenset(NAMES[:9])
"""Operations whose value may be negative."""
_MAX_VALUE = {"shearX": 0.3, "shearY": 0.3, "translateX": 150 / 331, "translateY": 150 / 331, "rotate": 30.0}
_WITH_FILL = {"shearX": shear.shear_x, "shearY": shear.shear_y, "rotate": move.rotate}
_ENHANCE = {"color": enhance.color, "contrast": enhance.contrast, "brightness": enhance.brightness,
            "sharpness": enhance.sharpness}
_QUANTIZE = {"posterize": point.posterize, "solarize": point.solarize}
_WITHOUT_STRENGTH = {"autocontrast": histogram.autocontrast, "equalize": histogram.equalize, "invert": point.invert}


def value_at(name: str, strength: float) -> float:
    """Return the value of an operation at a relative strength of 0 (weakest) to 1."""
    if name == "posterize":
        return float(round(8 - 4 * strength))
    if name == "solarize":
        return 256.0 * (1 - strength)
    return _MAX_VALUE.get(name, 0.9 if name in SIGNED else 0.0) * strength


def as_pixels(op: str, image: np.ndarray) -> np.ndarray:
    """Return an array or a Pillow image as (H, W, 3) uint8.

    Raises:
        UserError: the image has another shape or dtype.
    """
    array = np.asarray(image)
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3:
        raise UserError(f"{op}: an image of shape {array.shape} and type {array.dtype} is not (H, W, 3) uint8",
                        do="put it after the crop and before NormalizeImage")
    return array


def apply_operation(image: np.ndarray, operation: Operation, fill: Sequence[float],
                    rotate_fill: Sequence[float]) -> np.ndarray:
    """Return a new image (H, W, 3) uint8; empty pixels get `fill`, or `rotate_fill` after a rotation."""
    name, value = operation
    if name in _WITH_FILL:
        return _WITH_FILL[name](image, value, rotate_fill if name == "rotate" else fill)
    if name == "translateX":
        return move.translate_x(image, value * image.shape[1], fill)
    if name == "translateY":
        return move.translate_y(image, value * image.shape[0], fill)
    if name in _ENHANCE:
        return _ENHANCE[name](image, 1 + value)
    return _QUANTIZE[name](image, value) if name in _QUANTIZE else _WITHOUT_STRENGTH[name](image)
