# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""MobileNetV2: inverted residuals with linear bottlenecks."""

from __future__ import annotations

from typing import Iterator, Tuple

import paddle
from paddle import nn

from ppclas_core.nn import Backbone, ConvBN, FeatureInfo
from ppclas_core.weights import Names, conv_bn, linear
from ppclas_core.weights import torch_names as torch
from ppclas_models_mobile.head import MobileHead

_STAGES = (
    ((2, 1, 16, 1, 1),),
    ((3, 6, 24, 2, 2),),
    ((4, 6, 32, 3, 2),),
    ((5, 6, 64, 4, 2), (6, 6, 96, 3, 1)),
    ((7, 6, 160, 3, 2), (8, 6, 320, 1, 1)),
)
"""Groups of blocks per resolution: number in the published names, expansion, channels at width 1, blocks, stride."""


class InvertedResidual(nn.Layer):
    """Inverted residual, 1x1 expansion, 3x3 depthwise, linear projection: (N, C, H, W) -> (N, out, H / s, W / s).

    The expansion layer exists even at a factor of 1, as in the published networks.

    Args:
        expansion: factor from C to the depthwise width.
        residual: add the input; requires stride 1 and out == C.
    """

    def __init__(self, in_channels: int, out_channels: int, expansion: int, stride: int, residual: bool) -> None:
        super().__init__()
        hidden = in_channels * expansion
        self.residual = residual
        self.expand = ConvBN(in_channels, hidden, 1, act="relu6")
        self.depthwise = ConvBN(hidden, hidden, 3, stride, groups=hidden, act="relu6")
        self.project = ConvBN(hidden, out_channels, 1, act=None)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Compute the output; see the class for shapes."""
        y = self.project(self.depthwise(self.expand(x)))
        return x + y if self.residual else y


class MobileNetV2(Backbone):
    """MobileNetV2: inverted residuals and linear bottlenecks (2018).

    The first block of a group has no residual connection, even if its shape allows one.

    Args:
        scale: width multiplier; the last convolution has 1280 channels up to 1.0, and 1280 x scale above.
    """

    def __init__(self, *, scale: float = 1.0, num_classes: int = 1000, in_channels: int = 3) -> None:
        super().__init__(num_classes, in_channels)
        channels = int(32 * scale)
        self.stem = ConvBN(in_channels, channels, 3, stride=2, act="relu6")
        self.stages = nn.LayerList()
        self.feature_info = []
        for i, groups in enumerate(_STAGES):
            blocks = []
            for _, expansion, width, count, stride in groups:
                out = int(width * scale)
                for j in range(count):
                    blocks.append(InvertedResidual(channels, out, expansion, stride if j == 0 else 1, residual=j > 0))
                    channels = out
            self.stages.append(nn.Sequential(*blocks))
            self.feature_info.append(FeatureInfo(f"stages.{i}", channels, 2 ** (i + 1)))
        self.num_features = int(1280 * max(scale, 1.0))
        self.head = MobileHead(ConvBN(channels, self.num_features, 1, act="relu6"), self.num_features, num_classes)


def weight_names(model: MobileNetV2) -> Iterator[Names]:
    """Yield the published names of every tensor; release 2.1 changed none."""
    yield from _conv_bn("stem", "conv1_1", "conv1")
    for i, groups in enumerate(_STAGES):
        position = 0
        for group, _, _, count, _ in groups:
            for j in range(count):
                block = f"conv{group}_{j + 1}" if j else "_first_block"
                for ours, old, new in (("expand", "expand", "expand"), ("depthwise", "dwise", "bottleneck"),
                                       ("project", "linear", "linear")):
                    yield from _conv_bn(f"stages.{i}.{position}.{ours}", f"conv{group}_{j + 1}_{old}",
                                        f"conv{group}.{block}._{new}_conv")
                position += 1
    yield from _conv_bn("head.conv", "conv9", "conv9")
    yield from linear("head.fc", "fc10_weights", "fc10_offset", "out", "out")


def _conv_bn(ours: str, v2020: str, dygraph: str) -> Iterator[Names]:
    return conv_bn(ours, v2020, dygraph, dygraph, style_2_1="_conv _batch_norm")


def torch_names(model: MobileNetV2) -> Iterator[torch.TorchName]:
    """Yield the names in torchvision and in timm, which omit the expansion of the first block (its factor is 1)."""
    yield from torch.conv_bn("stem", "features.0.0", "features.0.1")
    yield from torch.conv_bn("stem", "conv_stem", "bn1")
    number = 0
    for i, groups in enumerate(_STAGES):
        position = 0
        for group, _, _, count, _ in groups:
            for j in range(count):
                number += 1
                yield from _torch_block(f"stages.{i}.{position}", f"features.{number}.conv", f"blocks.{group - 2}.{j}",
                                        first=number == 1)
                position += 1
    yield from torch.conv_bn("head.conv", f"features.{number + 1}.0", f"features.{number + 1}.1")
    yield from torch.conv_bn("head.conv", "conv_head", "bn2")
    yield from torch.layer("head.fc", "classifier.1")
    yield from torch.layer("head.fc", "classifier")


def _torch_block(ours: str, vision: str, timm: str, first: bool) -> Iterator[torch.TorchName]:
    parts: Tuple[Tuple[str, ...], ...]
    if first:
        yield from torch.identity_conv_bn(f"{ours}.expand")
        parts = (("depthwise", "0.0", "0.1", "conv_dw", "bn1"), ("project", "1", "2", "conv_pw", "bn2"))
    else:
        parts = (("expand", "0.0", "0.1", "conv_pw", "bn1"), ("depthwise", "1.0", "1.1", "conv_dw", "bn2"),
                 ("project", "2", "3", "conv_pwl", "bn3"))
    for part, conv, bn, timm_conv, timm_bn in parts:
        yield from torch.conv_bn(f"{ours}.{part}", f"{vision}.{conv}", f"{vision}.{bn}")
        yield from torch.conv_bn(f"{ours}.{part}", f"{timm}.{timm_conv}", f"{timm}.{timm_bn}")
