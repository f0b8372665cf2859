# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""RegNet: residual bottlenecks with grouped convolutions; widths and depths follow a quantized linear function."""

from __future__ import annotations

from typing import Iterator, Tuple

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppclas_core.nn import Backbone, ClassifierHead, ConvBN, FeatureInfo, SqueezeExcite
from ppclas_core.weights import Names, conv, conv_bn, linear
from ppclas_core.weights import torch_names as torch


class RegNetBlock(nn.Layer):
    """Residual block of 1x1, grouped 3x3, optional gate and 1x1: (N, C, H, W) -> (N, width, H / stride, W / stride)."""

    def __init__(self, in_channels: int, width: int, stride: int, group_width: int, gate: bool) -> None:
        super().__init__()
        self.conv1 = ConvBN(in_channels, width, 1)
        self.conv2 = ConvBN(width, width, 3, stride, groups=width // group_width)
        self.se = SqueezeExcite(width, round(in_channels * 0.25)) if gate else nn.Identity()
        self.conv3 = ConvBN(width, width, 1, act=None)
        changes = stride != 1 or in_channels != width
        self.shortcut = ConvBN(in_channels, width, 1, stride, act=None) if changes else nn.Identity()

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Compute the output; see the class for shapes."""
        return F.relu(self.shortcut(x) + self.conv3(self.se(self.conv2(self.conv1(x)))))


class RegNet(Backbone):
    """Designing network design spaces (2020).

    Args:
        widths, depths: channels and number of blocks of each stage; every stage halves the resolution.
        group_width: channels per group of the 3x3 convolutions.
        gate: squeeze-and-excitation (RegNetY, else RegNetX); its bottleneck is a quarter of the block's input.
    """

    def __init__(
        self,
        *,
        widths: Tuple[int, ...] = (24, 56, 152, 368),
        depths: Tuple[int, ...] = (1, 1, 4, 7),
        group_width: int = 8,
        gate: bool = False,
        num_classes: int = 1000,
        in_channels: int = 3,
    ) -> None:
        super().__init__(num_classes, in_channels)
        channels = 32
        self.stem = ConvBN(in_channels, channels, 3, stride=2)
        self.stages = nn.LayerList()
        self.feature_info = []
        for i, (width, depth) in enumerate(zip(widths, depths)):
            blocks = []
            for j in range(depth):
                blocks.append(RegNetBlock(channels, width, 1 if j else 2, group_width, gate))
                channels = width
            self.stages.append(nn.Sequential(*blocks))
            self.feature_info.append(FeatureInfo(f"stages.{i}", channels, 2 ** (i + 2)))
        self.num_features = channels
        self.head = ClassifierHead(channels, num_classes)


def weight_names(model: RegNet) -> Iterator[Names]:
    """Yield the published names of every tensor. Later releases have names of RegNetX only, and no file of RegNetY."""
    yield from _conv_bn("stem", "stem_conv", "conv")
    for i, stage in enumerate(model.stages):
        for j, block in enumerate(stage):
            ours, old = f"stages.{i}.{j}", f"s{i + 1}_b{j + 1}"
            for k, branch in enumerate(("branch2a", "branch2b", "branch2c")):
                yield from _conv_bn(f"{ours}.conv{k + 1}", f"{old}_{branch}", f"{old}.conv{k}")
            if isinstance(block.shortcut, ConvBN):
                yield from _conv_bn(f"{ours}.shortcut", f"{old}_branch1", f"{old}.short")
            if isinstance(block.se, SqueezeExcite):
                for part, name, layer in (("reduce", "sqz", "squeeze"), ("expand", "exc", "excitation")):
                    new = f"{old}.se_block.{layer}"
                    yield from conv(f"{ours}.se.{part}", f"{old}_branch2se_{name}", new, new, bias=True)
    yield from linear("head.fc", "fc_0.w_0", "fc_0.b_0", "out", "out")


def _conv_bn(ours: str, v2020: str, dygraph: str) -> Iterator[Names]:
    return conv_bn(ours, v2020, dygraph, dygraph, style_2_1="_conv _batch_norm")


def torch_names(model: RegNet) -> Iterator[torch.TorchName]:
    """Yield the names in torchvision and in timm."""
    yield from torch.conv_bn("stem", "stem.0", "stem.1")
    yield from torch.conv_bn("stem", "stem.conv", "stem.bn")
    for i, stage in enumerate(model.stages, 1):
        for j, block in enumerate(stage):
            ours = f"stages.{i - 1}.{j}"
            vision, timm = f"trunk_output.block{i}.block{i}-{j}", f"s{i}.b{j + 1}"
            for k, part in enumerate("abc", 1):
                yield from torch.conv_bn(f"{ours}.conv{k}", f"{vision}.f.{part}.0", f"{vision}.f.{part}.1")
                yield from torch.conv_bn(f"{ours}.conv{k}", f"{timm}.conv{k}.conv", f"{timm}.conv{k}.bn")
            if isinstance(block.shortcut, ConvBN):
                yield from torch.conv_bn(f"{ours}.shortcut", f"{vision}.proj.0", f"{vision}.proj.1")
                yield from torch.conv_bn(f"{ours}.shortcut", f"{timm}.downsample.conv", f"{timm}.downsample.bn")
            if isinstance(block.se, SqueezeExcite):
                for part, fc in (("reduce", "fc1"), ("expand", "fc2")):
                    yield from torch.layer(f"{ours}.se.{part}", f"{vision}.f.se.{fc}")
                    yield from torch.layer(f"{ours}.se.{part}", f"{timm}.se.{fc}")
    yield from torch.layer("head.fc", "fc")
    yield from torch.layer("head.fc", "head.fc")
