# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Residual blocks and stems of the networks that descend from deep residual learning.

Source: Deep residual learning for image recognition (2016); the three-convolution stem and the pooled shortcut are
from Bag of tricks for image classification with convolutional neural networks (2019).
"""

from __future__ import annotations

from typing import Callable, Optional, Sequence

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppclas_core.nn.conv_bn import ConvBN

RESIDUAL_BLOCKS = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
    200: (3, 12, 48, 3),
}
"""Depth -> number of blocks of each stage."""


class Residual(nn.Layer):
    """`relu(body(x) + shortcut(x))`; keys `body.*`, and `shortcut.*` where the shortcut is not the identity.

    Args:
        body: the residual branch; its last layer has no activation.
        shortcut: None for the identity.
    """

    def __init__(self, body: nn.Layer, shortcut: Optional[nn.Layer] = None) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut or nn.Identity()

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """(N, C, H, W) -> (N, C', H', W')."""
        return F.relu(self.body(x) + self.shortcut(x))


class ShortcutConv(ConvBN):
    """A 1x1 convolution with batch norm that brings the input to the shape of the residual branch.

    Args:
        pooled: average each `stride` x `stride` window and convolve at stride 1, where a plain strided 1x1
            convolution would never look at three quarters of the input. Windows cut by the border are averaged
            over what they hold.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1, pooled: bool = False) -> None:
        pooled = pooled and stride > 1
        super().__init__(in_channels, out_channels, 1, 1 if pooled else stride, act=None)
        self.pool = nn.AvgPool2D(stride, stride, ceil_mode=True) if pooled else nn.Identity()

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """(N, in_channels, H, W) -> (N, out_channels, ceil(H / stride), ceil(W / stride))."""
        return super().forward(self.pool(x))


def deep_stem(in_channels: int, width: int = 32) -> nn.Sequential:
    """Three 3x3 convolutions (`width`, `width`, 2 x `width`; the first of stride 2), then max pooling of stride 2."""
    return nn.Sequential(
        ConvBN(in_channels, width, 3, 2),
        ConvBN(width, width, 3),
        ConvBN(width, 2 * width, 3),
        nn.MaxPool2D(3, 2, 1),
    )


def residual_stages(
    channels: int,
    blocks: Sequence[int],
    outputs: Sequence[int],
    body: Callable[[int, int, int], nn.Layer],
    pooled: bool = False,
) -> nn.LayerList:
    """Stages of residual blocks; the first block of each but the first stage halves the resolution.

    The first block of every stage has a convolution in its shortcut, even where the shapes agree.

    Args:
        channels: what the first stage takes.
        blocks, outputs: number of blocks, and output channels, of each stage.
        body: `body(channels, stage, stride)` makes a residual branch from `channels` to `outputs[stage]`.
        pooled: see `ShortcutConv`.
    """
    stages = nn.LayerList()
    for stage, (count, out) in enumerate(zip(blocks, outputs)):
        layers = []
        for number in range(count):
            stride = 2 if stage and number == 0 else 1
            shortcut = ShortcutConv(channels, out, stride, pooled) if number == 0 else None
            layers.append(Residual(body(channels, stage, stride), shortcut))
            channels = out
        stages.append(nn.Sequential(*layers))
    return stages
