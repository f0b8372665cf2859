# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Layout of arrays, (H, W, C) or (C, H, W), for ops that support both."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

import numpy as np

from ppclas_core.errors import UserError


def layout_of(shape: Sequence[int]) -> str:
    """Return `HWC` or `CHW` from the shape: a last axis of three channels, or of one, means HWC.

    Raises:
        UserError: the shape does not have three axes.
    """
    if len(shape) != 3:
        raise UserError(f"an image of shape {tuple(shape)} is neither (H, W, C) nor (C, H, W)")
    return "HWC" if shape[2] == 3 or (shape[2] == 1 and shape[0] != 3) else "CHW"


def image_size(shape: Sequence[int], layout: Optional[str]) -> Tuple[int, int]:
    """Return (height, width); layout None: derived from the shape."""
    layout = layout or layout_of(shape)
    return (shape[0], shape[1]) if layout == "HWC" else (shape[1], shape[2])


def channels_last(image: np.ndarray, layout: Optional[str]) -> np.ndarray:
    """Return a view as (H, W, C); layout None: derived from the shape."""
    layout = layout or layout_of(image.shape)
    return image if layout == "HWC" else image.transpose(1, 2, 0)
