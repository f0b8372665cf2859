# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""ShuffleNetV2: units that transform half of the channels, followed by a channel shuffle."""

from __future__ import annotations

from typing import Iterator

import paddle
from paddle import nn

from ppclas_core.errors import UserError
from ppclas_core.nn import Backbone, ConvBN, FeatureInfo
from ppclas_core.weights import Names, conv_bn, linear
from ppclas_core.weights import torch_names as torch
from ppclas_models_mobile.head import MobileHead

_UNITS = (4, 8, 4)
_WIDTHS = {
    0.25: (24, 48, 96, 512),
    0.33: (32, 64, 128, 512),
    0.5: (48, 96, 192, 1024),
    1.0: (116, 232, 464, 1024),
    1.5: (176, 352, 704, 1024),
    2.0: (224, 488, 976, 2048),
}
"""Channels of the three stages and of the last convolution by scale. At 2.0 the paper has 244 instead of 224."""


class Unit(nn.Layer):
    """Unit of stride 1: (N, C, H, W) -> (N, C, H, W); the first half of the channels is the identity.

    Args:
        act: `relu` or `swish`; depthwise convolutions have none.
    """

    def __init__(self, channels: int, act: str) -> None:
        super().__init__()
        self.main = _main_branch(channels // 2, channels // 2, 1, act)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Compute the output; see the class for shapes."""
        kept, changed = paddle.split(x, 2, axis=1)
        return _interleave(kept, self.main(changed))


class DownUnit(nn.Layer):
    """Unit of stride 2: (N, C, H, W) -> (N, out_channels, H / 2, W / 2); both branches use all channels."""

    def __init__(self, in_channels: int, out_channels: int, act: str) -> None:
        super().__init__()
        half = out_channels // 2
        self.side = nn.Sequential(
            ConvBN(in_channels, in_channels, 3, 2, groups=in_channels, act=None), ConvBN(in_channels, half, 1, act=act)
        )
        self.main = _main_branch(in_channels, half, 2, act)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Compute the output; see the class for shapes."""
        return _interleave(self.side(x), self.main(x))


def _interleave(a: paddle.Tensor, b: paddle.Tensor) -> paddle.Tensor:
    """Interleave the channels of two (N, C, H, W): a0, b0, a1, ...; uses operators that every export format has."""
    _, channels, height, width = a.shape
    return paddle.stack([a, b], axis=2).reshape([-1, 2 * channels, height, width])


def _main_branch(in_channels: int, out_channels: int, stride: int, act: str) -> nn.Sequential:
    return nn.Sequential(
        ConvBN(in_channels, out_channels, 1, act=act),
        ConvBN(out_channels, out_channels, 3, stride, groups=out_channels, act=None),
        ConvBN(out_channels, out_channels, 1, act=act),
    )


class ShuffleNetV2(Backbone):
    """ShuffleNet V2: practical guidelines for efficient CNN architecture design (2018).

    Args:
        scale: width: 0.25, 0.33, 0.5, 1.0, 1.5 or 2.0.
        act: `relu` or `swish`.
    """

    def __init__(
        self, *, scale: float = 1.0, act: str = "relu", num_classes: int = 1000, in_channels: int = 3
    ) -> None:
        super().__init__(num_classes, in_channels)
        *widths, self.num_features = _WIDTHS[scale]
        self.scale = scale
        self.act = act
        channels = 24
        self.stem = nn.Sequential(ConvBN(in_channels, channels, 3, stride=2, act=act), nn.MaxPool2D(3, 2, 1))
        self.stages = nn.LayerList()
        self.feature_info = []
        for i, (width, count) in enumerate(zip(widths, _UNITS)):
            units = [DownUnit(channels, width, act), *(Unit(width, act) for _ in range(count - 1))]
            self.stages.append(nn.Sequential(*units))
            self.feature_info.append(FeatureInfo(f"stages.{i}", width, 2 ** (i + 3)))
            channels = width
        self.head = MobileHead(ConvBN(channels, self.num_features, 1, act=act), self.num_features, num_classes)


def weight_names(model: ShuffleNetV2) -> Iterator[Names]:
    """Yield the published names of every tensor; release 2.1 changed none."""
    yield from _conv_bn("stem.0", "stage1_conv", "_conv1")
    for i, count in enumerate(_UNITS):
        for j in range(count):
            ours, old, new = f"stages.{i}.{j}", f"stage_{i + 2}_{j + 1}", f"{i + 2}_{j + 1}."
            branch = "_2" if j == 0 else ""
            for k, part in enumerate(("pw", "dw", "linear")):
                yield from _conv_bn(f"{ours}.main.{k}", f"{old}_conv{k + 1}", f"{new}_conv_{part}{branch}")
            if j == 0:
                for k, part in enumerate(("dw", "linear")):
                    yield from _conv_bn(f"{ours}.side.{k}", f"{old}_conv{k + 4}", f"{new}_conv_{part}_1")
    yield from _conv_bn("head.conv", "conv5", "_last_conv")
    yield from linear("head.fc", "fc6_weights", "fc6_offset", "_fc", "_fc")


def _conv_bn(ours: str, v2020: str, dygraph: str) -> Iterator[Names]:
    return conv_bn(ours, v2020, dygraph, dygraph, style_2_1="_conv _batch_norm")


def torch_names(model: ShuffleNetV2) -> Iterator[torch.TorchName]:
    """Yield the names in torchvision."""
    if model.act != "relu" or model.scale == 2.0:
        raise UserError("torchvision has no such network: its activations are ReLU, and at width 2.0 its first stage "
                        "has 244 channels, the published one 224")
    yield from torch.conv_bn("stem.0", "conv1.0", "conv1.1")
    for i, count in enumerate(_UNITS):
        for j in range(count):
            ours, theirs = f"stages.{i}.{j}", f"stage{i + 2}.{j}"
            branches = [("main", "branch2", (0, 3, 5)), ("side", "branch1", (0, 2))]
            for part, branch, indices in branches[:1] if j else branches:
                for k, index in enumerate(indices):
                    layers = f"{theirs}.{branch}"
                    yield from torch.conv_bn(f"{ours}.{part}.{k}", f"{layers}.{index}", f"{layers}.{index + 1}")
    yield from torch.conv_bn("head.conv", "conv5.0", "conv5.1")
    yield from torch.layer("head.fc", "fc")
