# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""MobileNetV1: a plain chain of depthwise separable convolutions."""

from __future__ import annotations

from typing import Iterator

import paddle
from paddle import nn

from ppclas_core.nn import Backbone, ClassifierHead, ConvBN, FeatureInfo
from ppclas_core.weights import Names, conv_bn, linear

_STAGES = (
    (("2_1", 64),),
    (("2_2", 128), ("3_1", 128)),
    (("3_2", 256), ("4_1", 256)),
    (("4_2", 512), ("5_1", 512), ("5_2", 512), ("5_3", 512), ("5_4", 512), ("5_5", 512)),
    (("5_6", 1024), ("6", 1024)),
)
"""Blocks per resolution: number in the published names, and channels at width 1."""


class SeparableConv(nn.Layer):
    """3x3 depthwise, then 1x1 convolution: (N, C, H, W) -> (N, out_channels, H / stride, W / stride)."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.depthwise = ConvBN(in_channels, in_channels, 3, stride, groups=in_channels)
        self.pointwise = ConvBN(in_channels, out_channels, 1)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Compute the output; see the class for shapes."""
        return self.pointwise(self.depthwise(x))


class MobileNetV1(Backbone):
    """MobileNets: efficient convolutional neural networks for mobile vision applications (2017).

    Args:
        scale: width multiplier of all channels.
    """

    def __init__(self, *, scale: float = 1.0, num_classes: int = 1000, in_channels: int = 3) -> None:
        super().__init__(num_classes, in_channels)
        channels = int(32 * scale)
        self.stem = ConvBN(in_channels, channels, 3, stride=2)
        self.stages = nn.LayerList()
        self.feature_info = []
        for i, table in enumerate(_STAGES):
            blocks = []
            for j, (_, width) in enumerate(table):
                stride = 2 if i > 0 and j == 0 else 1
                blocks.append(SeparableConv(channels, int(width * scale), stride))
                channels = int(width * scale)
            self.stages.append(nn.Sequential(*blocks))
            self.feature_info.append(FeatureInfo(f"stages.{i}", channels, 2 ** (i + 1)))
        self.num_features = channels
        self.head = ClassifierHead(channels, num_classes)


def weight_names(model: MobileNetV1) -> Iterator[Names]:
    """Yield the published names of every tensor."""
    yield from conv_bn("stem", "conv1", "conv1", "conv")
    number = 0
    for i, table in enumerate(_STAGES):
        for j, (label, _) in enumerate(table):
            for ours, old, new in (("depthwise", "dw", "depthwise_conv"), ("pointwise", "sep", "pointwise_conv")):
                yield from conv_bn(
                    f"stages.{i}.{j}.{ours}", f"conv{label}_{old}", f"conv{label}._{new}", f"blocks.{number}.{new}"
                )
            number += 1
    yield from linear("head.fc", "fc7_weights", "fc7_offset", "out", "fc")
