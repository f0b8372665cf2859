# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Interpolation methods: names, and the numbers of OpenCV as in legacy configs."""

from __future__ import annotations

from typing import Union

from ppclas_core.data.opencv import cv2
from ppclas_core.errors import UserError, did_you_mean

FLAGS = {
    "nearest": cv2.INTER_NEAREST,
    "bilinear": cv2.INTER_LINEAR,
    "bicubic": cv2.INTER_CUBIC,
    "area": cv2.INTER_AREA,
    "lanczos": cv2.INTER_LANCZOS4,
}


def interpolation_flag(op: str, value: Union[int, str]) -> int:
    """Return the OpenCV flag of -1 (the default: bilinear), 0..4, or a name.

    Raises:
        UserError: the value is invalid.
    """
    if value == -1:
        return int(cv2.INTER_LINEAR)
    if value in FLAGS:
        return int(FLAGS[str(value)])
    if not isinstance(value, bool) and value in FLAGS.values():
        return int(value)
    hint = did_you_mean(str(value), FLAGS)
    raise UserError(f"{op}: interpolation is {value!r}.{hint}", do=f"-1, 0..4, or one of: {', '.join(FLAGS)}")


def interpolation_name(flag: int) -> str:
    """Return the name of an OpenCV interpolation flag."""
    return next(name for name, value in FLAGS.items() if value == flag)
