# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""DenseNet: each layer receives the concatenated outputs of all earlier layers of its stage.

Source: Densely connected convolutional networks (2016).
"""

from __future__ import annotations

from typing import Iterator, List, Tuple

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppclas_core.nn import Backbone, ClassifierHead, ConvBN, FeatureInfo
from ppclas_core.weights import Names, batch_norm, conv_bn, linear
from ppclas_core.weights import torch_names as torch
from ppclas_models_densenet.preact import NormAct, PreActConv


class DenseLayer(nn.Layer):
    """Dense layer: 1x1 and 3x3 convolution, whose output is concatenated to the input.

    Args:
        growth: channels of its output that are appended.
        expansion: the 1x1 convolution has `expansion * growth` channels.
        dropout: on the appended channels; evaluation multiplies by 1 - p.
    """

    def __init__(self, in_channels: int, growth: int, expansion: int, dropout: float) -> None:
        super().__init__()
        self.reduce = PreActConv(in_channels, expansion * growth, 1)
        self.grow = PreActConv(expansion * growth, growth, 3)
        self.dropout = nn.Dropout(dropout, mode="downscale_in_infer")

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, in_channels + growth, H, W)."""
        return paddle.concat([x, self.dropout(self.grow(self.reduce(x)))], axis=1)


class Transition(nn.Layer):
    """Transition layer, which halves channels and resolution."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.reduce = PreActConv(in_channels, in_channels // 2, 1)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, in_channels // 2, H // 2, W // 2)."""
        return F.avg_pool2d(self.reduce(x), 2, 2)


class DenseNet(Backbone):
    """DenseNet; every stage but the first starts with a transition, and the last ends with batch norm and ReLU.

    Args:
        width: channels of the stem.
        growth: channels that each layer adds.
        depths: layers of each stage.
        expansion: width of the inner 1x1 convolution, in units of `growth`.
        dropout: on the output of each layer, 0 as published.
    """

    def __init__(
        self,
        *,
        width: int,
        growth: int,
        depths: Tuple[int, int, int, int],
        expansion: int = 4,
        dropout: float = 0.0,
        num_classes: int = 1000,
        in_channels: int = 3,
    ) -> None:
        super().__init__(num_classes, in_channels)
        self.stem = nn.Sequential(ConvBN(in_channels, width, 7, 2), nn.MaxPool2D(3, 2, 1))
        self.stages = nn.LayerList()
        self.feature_info = []
        channels = width
        for k, depth in enumerate(depths):
            layers: List[nn.Layer] = []
            if k > 0:
                layers.append(Transition(channels))
                channels //= 2
            for _ in range(depth):
                layers.append(DenseLayer(channels, growth, expansion, dropout))
                channels += growth
            if k == len(depths) - 1:
                layers.append(NormAct(channels))
            self.stages.append(nn.Sequential(*layers))
            self.feature_info.append(FeatureInfo(f"stages.{k}", channels, 2 ** (k + 2)))
        self.num_features = channels
        self.head = ClassifierHead(channels, num_classes)


def weight_names(model: DenseNet) -> Iterator[Names]:
    """Yield the published names of every tensor; releases 2.0 and 2.1 agree."""

    def unit(ours: str, v2020: str, later: str) -> Iterator[Names]:
        style = "_conv _batch_norm"
        yield from conv_bn(ours, v2020, later, later, style_2_0=style, style_2_1=style)

    yield from unit("stem.0", "conv1", "conv1_func")
    for i, stage in enumerate(model.stages):
        number = 0
        for j, layer in enumerate(stage):
            ours = f"stages.{i}.{j}"
            if isinstance(layer, Transition):
                yield from unit(f"{ours}.reduce", f"conv{i + 1}_blk", f"tr_conv{i + 1}_blk.conv_ac_func")
            elif isinstance(layer, NormAct):
                yield from batch_norm(f"{ours}.bn", f"conv{i + 2}_blk_bn", "batch_norm", "batch_norm")
            else:
                number += 1
                old = f"conv{i + 2}_{number}"
                for k, part in enumerate(("reduce", "grow"), 1):
                    yield from unit(f"{ours}.{part}", f"{old}_x{k}", f"db_conv_{i + 2}.{old}.bn_ac_func{k}")
    yield from linear("head.fc", "fc_weights", "fc_offset", "out", "out")


def torch_names(model: DenseNet) -> Iterator[torch.TorchName]:
    """Yield the names in torchvision and timm; torchvision's files contain the older form `norm.1`."""
    yield from torch.conv_bn("stem.0", "features.conv0", "features.norm0")
    for i, stage in enumerate(model.stages):
        number = 0
        for j, layer in enumerate(stage):
            ours = f"stages.{i}.{j}"
            if isinstance(layer, Transition):
                theirs = f"features.transition{i}"
                yield from torch.conv_bn(f"{ours}.reduce", f"{theirs}.conv", f"{theirs}.norm")
            elif isinstance(layer, NormAct):
                yield from torch.batch_norm(f"{ours}.bn", "features.norm5")
            else:
                number += 1
                theirs = f"features.denseblock{i + 1}.denselayer{number}"
                for k, part in enumerate(("reduce", "grow"), 1):
                    yield from torch.conv_bn(f"{ours}.{part}", f"{theirs}.conv{k}", f"{theirs}.norm{k}")
                    yield from torch.conv_bn(f"{ours}.{part}", f"{theirs}.conv.{k}", f"{theirs}.norm.{k}")
    yield from torch.layer("head.fc", "classifier")
