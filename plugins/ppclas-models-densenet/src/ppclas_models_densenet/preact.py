# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Pre-activation layers of DenseNet and DPN: batch norm and ReLU before the convolution."""

from __future__ import annotations

import paddle
import paddle.nn.functional as F
from paddle import nn


class PreActConv(nn.Layer):
    """`conv(relu(bn(x)))`; keys `bn.*`, `conv.weight`. The padding keeps the size at stride 1."""

    def __init__(self, in_channels: int, out_channels: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.bn = nn.BatchNorm2D(in_channels)
        self.conv = nn.Conv2D(in_channels, out_channels, kernel, stride, (kernel - 1) // 2, groups=groups,
                              bias_attr=False)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, out_channels, ceil(H / stride), ceil(W / stride))."""
        return self.conv(F.relu(self.bn(x)))


class NormAct(nn.Layer):
    """`relu(bn(x))`, which ends a network of `PreActConv`s."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bn = nn.BatchNorm2D(channels)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Return a tensor with the shape of the input, (N, channels, H, W)."""
        return F.relu(self.bn(x))
