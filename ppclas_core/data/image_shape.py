# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Advice for transforms whose output differs from `image_shape`."""

from __future__ import annotations

from typing import Sequence

_GRAY = ("DecodeImage returns three channels, equal ones for a gray image; a single channel needs an op of a plugin "
         "between DecodeImage and NormalizeImage")


def shape_advice(shape: Sequence[int], wanted: Sequence[int]) -> str:
    """Return the edit that makes transforms and `image_shape` agree.

    Args:
        shape: shape of a transformed image.
        wanted: `image_shape`.
    """
    shape = list(shape)
    wanted = list(wanted)
    if len(shape) != 3:
        return "end the transforms with an op that returns three axes, such as ToCHWImage"
    order = "image_shape is [channels, height, width]"
    if shape[2] in (1, 3) and shape[0] not in (1, 3):
        return f"{order}, but the transforms end with [height, width, channels]: add 'ToCHWImage:' as the last of them"
    edit = f"set image_shape: {shape}"
    if wanted == [shape[1], shape[2], shape[0]]:
        return f"{order}: {edit}"
    if wanted == [shape[0], shape[2], shape[1]]:
        return f"{order}, the size of CropImage and ResizeImage is [width, height]: {edit}, or size: {wanted[:0:-1]}"
    if wanted[0] != shape[0]:
        gray = f"; {_GRAY}" if wanted[0] == 1 and shape[0] == 3 else ""
        return f"{order}: {edit}{gray}"
    return f"{order}: {edit}, or the size [width, height] of the last CropImage or ResizeImage: {wanted[:0:-1]}"
