# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Nearest-neighbour enlargement with the corners aligned, which the published networks were trained with."""

from __future__ import annotations

from typing import List, Sequence

import paddle
import paddle.nn.functional as F


def nearest_indices(length: int, target: int) -> List[int]:
    """Which of `length` source pixels each of `target` pixels repeats, when first and last pixels coincide."""
    step = (length - 1) / (target - 1) if target > 1 else 0.0
    return [int(step * k + 0.5) for k in range(target)]


def upsample(x: paddle.Tensor, size: Sequence[int]) -> paddle.Tensor:
    """(N, C, h, w) -> (N, C, H, W) for `size` = (H, W).

    Twice the size is what every nearest method gives, so the framework's own op does it. At four and eight times the
    aligned form repeats other pixels than the unaligned one, which is all that the op offers.
    """
    height, width = x.shape[2], x.shape[3]
    if (size[0], size[1]) == (2 * height, 2 * width):
        return F.interpolate(x, size=[size[0], size[1]], mode="nearest")
    x = paddle.index_select(x, paddle.to_tensor(nearest_indices(height, size[0]), dtype="int64"), axis=2)
    return paddle.index_select(x, paddle.to_tensor(nearest_indices(width, size[1]), dtype="int64"), axis=3)
