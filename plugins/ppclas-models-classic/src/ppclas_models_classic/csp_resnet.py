# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""CSPResNet: a residual network in which half of the channels bypass each stage."""

from __future__ import annotations

from typing import Iterator, Tuple

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppclas_core.nn import Backbone, ClassifierHead, ConvBN, FeatureInfo
from ppclas_core.weights import Names, batch_norm, conv, linear

_WIDTHS = (64, 128, 256, 512)
_CONV_SLOPE = 0.02
_SUM_SLOPE = 0.1
"""Negative slopes after a batch norm and after a residual sum, as in the published network."""


def _conv_bn(in_channels: int, out_channels: int, kernel_size: int, stride: int = 1) -> ConvBN:
    layer = ConvBN(in_channels, out_channels, kernel_size, stride, act=None)
    layer.act = nn.LeakyReLU(_CONV_SLOPE)
    return layer


class Bottleneck(nn.Layer):
    """Residual block of 1x1, 3x3 and 1x1 convolutions: (N, C, H, W) -> (N, 2 x width, H, W)."""

    def __init__(self, in_channels: int, width: int) -> None:
        super().__init__()
        self.conv1 = _conv_bn(in_channels, width, 1)
        self.conv2 = _conv_bn(width, width, 3)
        self.conv3 = ConvBN(width, 2 * width, 1, act=None)
        changes = in_channels != 2 * width
        self.shortcut = ConvBN(in_channels, 2 * width, 1, act=None) if changes else nn.Identity()

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Compute the output; see the class for shapes."""
        return F.leaky_relu(self.shortcut(x) + self.conv3(self.conv2(self.conv1(x))), _SUM_SLOPE)


class CrossStage(nn.Layer):
    """Cross-stage partial stage: (N, C, H, W) -> (N, 2 x width, H', W'); all but the first start with a stride.

    Args:
        first: whether it is the first stage: no downsampling, and the inner path starts at `width` channels instead of
            2 x width.
    """

    def __init__(self, in_channels: int, width: int, depth: int, first: bool) -> None:
        super().__init__()
        self.down = nn.Identity() if first else _conv_bn(in_channels, width, 3, stride=2)
        inner = width if first else 2 * width
        self.enter = _conv_bn(width, inner, 1)
        blocks = [Bottleneck(inner if k == 0 else 2 * width, width) for k in range(depth)]
        self.blocks = nn.Sequential(*blocks)
        self.around = _conv_bn(width, 2 * width, 1)
        self.leave = _conv_bn(2 * width, 2 * width, 1)
        self.merge = _conv_bn(4 * width, 2 * width, 1)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Compute the output; see the class for shapes."""
        x = self.down(x)
        inner = self.leave(self.blocks(self.enter(x)))
        return self.merge(paddle.concat([self.around(x), inner], axis=1))


class CSPResNet(Backbone):
    """CSPNet: a new backbone that can enhance learning capability of CNN (2019), on ResNet.

    Args:
        depths: bottlenecks of the four stages.
    """

    def __init__(
        self, *, depths: Tuple[int, ...] = (3, 3, 5, 2), num_classes: int = 1000, in_channels: int = 3
    ) -> None:
        super().__init__(num_classes, in_channels)
        channels = 64
        self.stem = nn.Sequential(_conv_bn(in_channels, channels, 7, stride=2), nn.MaxPool2D(2, 2))
        self.stages = nn.LayerList()
        self.feature_info = []
        for i, (width, depth) in enumerate(zip(_WIDTHS, depths)):
            self.stages.append(nn.Sequential(CrossStage(channels, width, depth, first=i == 0)))
            channels = 2 * width
            self.feature_info.append(FeatureInfo(f"stages.{i}", channels, 2 ** (i + 2)))
        self.num_features = channels
        self.head = ClassifierHead(channels, num_classes)


def weight_names(model: CSPResNet) -> Iterator[Names]:
    """Yield the published names of every tensor. No later release has this network: our keys stand for theirs."""
    yield from _names("stem.0", "conv1", "bn_conv1")
    for i, stage in enumerate(model.stages):
        first, last = f"{i + 2}a", f"{i + 2}{chr(ord('a') + len(stage[0].blocks) - 1)}"
        routes = [("enter", f"{first}_right_first_route"), ("around", f"{last}_left_route"),
                  ("leave", f"{last}_right_route"), ("merge", f"{last}_merged_transition")]
        if i:
            routes.append(("down", f"{first}_downsample"))
        for k, block in enumerate(stage[0].blocks):
            label = f"{i + 2}{chr(ord('a') + k)}"
            parts = [("conv1", "branch2a"), ("conv2", "branch2b"), ("conv3", "branch2c")]
            if isinstance(block.shortcut, ConvBN):
                parts.append(("shortcut", "branch1"))
            routes += [(f"blocks.{k}.{ours}", f"{label}_{old}") for ours, old in parts]
        for ours, old in routes:
            yield from _names(f"stages.{i}.0.{ours}", f"res{old}", f"bn{old}")
    yield from linear("head.fc", "fc_0.w_0", "fc_0.b_0", "head.fc", "head.fc")


def _names(ours: str, conv2020: str, bn2020: str) -> Iterator[Names]:
    yield from conv(f"{ours}.conv", conv2020, f"{ours}.conv", f"{ours}.conv")
    yield from batch_norm(f"{ours}.bn", bn2020, f"{ours}.bn", f"{ours}.bn")
