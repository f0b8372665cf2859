# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The two residual blocks of HRNet, with an optional channel gate."""

from __future__ import annotations

from typing import List

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppclas_core.nn import ConvBN, SqueezeExcite

_REDUCTION = 16


class Block(nn.Layer):
    """Residual block of convolutions, gate, shortcut and ReLU; `project`: 1x1 convolution on the shortcut."""

    def __init__(self, convs: List[ConvBN], in_channels: int, out_channels: int, use_se: bool, project: bool) -> None:
        super().__init__()
        self.convs = nn.LayerList(convs)
        self.se = SqueezeExcite(out_channels, out_channels // _REDUCTION, linear=True) if use_se else None
        self.short = ConvBN(in_channels, out_channels, 1, act=None) if project else None

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, out_channels, H, W)."""
        y = x
        for conv in self.convs:
            y = conv(y)
        y = y if self.se is None else self.se(y)
        return F.relu(y + (x if self.short is None else self.short(x)))


def basic(channels: int, use_se: bool) -> Block:
    """Return a basic block: two 3x3 convolutions."""
    convs = [ConvBN(channels, channels, 3), ConvBN(channels, channels, 3, act=None)]
    return Block(convs, channels, channels, use_se, project=False)


def bottleneck(in_channels: int, width: int, use_se: bool, project: bool) -> Block:
    """Return a bottleneck: 1x1, 3x3, 1x1 convolutions to 4 x `width` channels."""
    convs = [ConvBN(in_channels, width, 1), ConvBN(width, width, 3), ConvBN(width, 4 * width, 1, act=None)]
    return Block(convs, in_channels, 4 * width, use_se, project)
