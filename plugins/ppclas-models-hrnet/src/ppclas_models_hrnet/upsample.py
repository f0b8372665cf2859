# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Nearest-neighbor upsampling with aligned corners, as the published networks were trained with."""

from __future__ import annotations

from typing import List, Sequence

import paddle
import paddle.nn.functional as F


def nearest_indices(length: int, target: int) -> List[int]:
    """Return the source index of each of `target` pixels among `length` pixels, with aligned corners."""
    step = (length - 1) / (target - 1) if target > 1 else 0.0
    return [int(step * k + 0.5) for k in range(target)]


def upsample(x: paddle.Tensor, size: Sequence[int]) -> paddle.Tensor:
    """Upsample (N, C, h, w) to (N, C, H, W), `size` = (H, W).

    At a factor of two, all nearest-neighbor methods agree, and Paddle's op is used. At four and eight, aligned corners
    select other pixels, and Paddle's op has no aligned mode.
    """
    height, width = x.shape[2], x.shape[3]
    if (size[0], size[1]) == (2 * height, 2 * width):
        return F.interpolate(x, size=[size[0], size[1]], mode="nearest")
    x = paddle.index_select(x, paddle.to_tensor(nearest_indices(height, size[0]), dtype="int64"), axis=2)
    return paddle.index_select(x, paddle.to_tensor(nearest_indices(width, size[1]), dtype="int64"), axis=3)
