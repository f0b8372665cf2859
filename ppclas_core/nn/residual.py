# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Residual blocks and stems of ResNet and its variants.

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
    """`relu(body(x) + shortcut(x))`; keys `body.*`, and `shortcut.*` if the shortcut is not the identity.

    Args:
        body: the residual branch; its last layer has no activation.
        shortcut: None for the identity.
    """

    def __init__(self, body: nn.Layer, shortcut: Optional[nn.Layer] = None) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut or nn.Identity()

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, C, H, W) to (N, C', H', W')."""
        return F.relu(self.body(x) + self.shortcut(x))


class ShortcutConv(ConvBN):
    """1x1 convolution with batch norm that maps the input to the shape of the residual branch.

    Args:
        pooled: average-pool `stride` x `stride` windows, then convolve at stride 1, as a 1x1 convolution of stride 2
            ignores three quarters of its input. Windows at the border are averaged over the pixels inside the image.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1, pooled: bool = False) -> None:
        pooled = pooled and stride > 1
        super().__init__(in_channels, out_channels, 1, 1 if pooled else stride, act=None)
        self.pool = nn.AvgPool2D(stride, stride, ceil_mode=True) if pooled else nn.Identity()

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, out_channels, ceil(H / stride), ceil(W / stride))."""
        return super().forward(self.pool(x))


def deep_stem(in_channels: int, width: int = 32) -> nn.Sequential:
    """Return three 3x3 convolutions (`width`, `width`, 2 x `width`; the first with stride 2) and a max pooling."""
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
    """Return stages of residual blocks; from the second stage on, the first block halves the resolution.

    The first block of every stage has a convolution in its shortcut, even if the shapes are equal.

    Args:
        channels: input channels of the first stage.
        blocks: number of blocks of each stage.
        outputs: output channels of each stage.
        body: `body(channels, stage, stride)` returns a residual branch from `channels` to `outputs[stage]`.
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
