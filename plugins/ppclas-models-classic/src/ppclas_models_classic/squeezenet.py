# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""SqueezeNet: fire modules, and a convolution as classifier."""

from __future__ import annotations

from typing import Iterator, List

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppclas_core.errors import UserError
from ppclas_core.nn import Backbone, FeatureInfo
from ppclas_core.weights import Names, conv

_STAGES = {
    "1.0": ((16, 16, 32), (32, 48, 48, 64), (64,)),
    "1.1": ((16, 16), (32, 32), (48, 48, 64, 64)),
}
"""Squeezed channels of each fire module, per version and resolution; both expansions have four times as many."""


class Fire(nn.Layer):
    """Fire module, 1x1 squeeze and parallel 1x1 and 3x3 expansions: (N, C, H, W) -> (N, 8 x squeezed, H, W)."""

    def __init__(self, in_channels: int, squeezed: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2D(in_channels, squeezed, 1)
        self.expand1 = nn.Conv2D(squeezed, 4 * squeezed, 1)
        self.expand3 = nn.Conv2D(squeezed, 4 * squeezed, 3, padding=1)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Compute the output; see the class for shapes."""
        x = F.relu(self.squeeze(x))
        return F.relu(paddle.concat([self.expand1(x), self.expand3(x)], axis=1))


class ConvHead(nn.Layer):
    """Head of dropout, 1x1 convolution, ReLU and spatial mean: (N, C, H, W) -> (N, num_classes) logits >= 0.

    Args:
        dropout: probability, in the mode of 2020: training only masks, evaluation multiplies by 1 - p.
    """

    def __init__(self, in_features: int, num_classes: int, dropout: float) -> None:
        super().__init__()
        self.in_features = in_features
        self.dropout = nn.Dropout(dropout, mode="downscale_in_infer")
        self.reset(num_classes)

    def reset(self, num_classes: int) -> None:
        """Replace the classifier by a newly initialized one for `num_classes` >= 1 classes."""
        self.conv = nn.Conv2D(self.in_features, num_classes, 1)

    def forward(self, x: paddle.Tensor, pre_logits: bool = False) -> paddle.Tensor:
        """Return the logits, or with `pre_logits` the spatial mean of the input, (N, C)."""
        if not pre_logits:
            x = F.relu(self.conv(self.dropout(x)))
        return F.adaptive_avg_pool2d(x, 1).flatten(1)


class SqueezeNet(Backbone):
    """SqueezeNet: AlexNet-level accuracy with 50x fewer parameters (2016).

    Args:
        version: `1.0` as in the paper, or `1.1`, which pools earlier.
        dropout: before the last convolution (see `ConvHead`).
    """

    classifier_name = "conv"

    def __init__(
        self, *, version: str = "1.1", dropout: float = 0.5, num_classes: int = 1000, in_channels: int = 3
    ) -> None:
        super().__init__(num_classes, in_channels)
        if version == "1.0":
            channels = 96
            first = nn.Conv2D(in_channels, channels, 7, stride=2)
        else:
            channels = 64
            first = nn.Conv2D(in_channels, channels, 3, stride=2, padding=1)
        self.stem = nn.Sequential(first, nn.ReLU(), nn.MaxPool2D(3, 2))
        self.stages = nn.LayerList()
        self.feature_info = []
        for i, table in enumerate(_STAGES[version]):
            layers: List[nn.Layer] = [nn.MaxPool2D(3, 2)] if i else []
            for squeezed in table:
                layers.append(Fire(channels, squeezed))
                channels = 8 * squeezed
            self.stages.append(nn.Sequential(*layers))
            self.feature_info.append(FeatureInfo(f"stages.{i}", channels, 2 ** (i + 2)))
        self.num_features = channels
        self.head = ConvHead(channels, num_classes, dropout)


def weight_names(model: SqueezeNet) -> Iterator[Names]:
    """Yield the published names of every tensor; release 2.1 changed none."""
    yield from conv("stem.0", "conv1", "_conv", "_conv", bias=True)
    number = 1
    for i, stage in enumerate(model.stages):
        for j, layer in enumerate(stage):
            if isinstance(layer, Fire):
                for ours, old, new in (("squeeze", "squeeze1x1", "_conv"), ("expand1", "expand1x1", "_conv_path1"),
                                       ("expand3", "expand3x3", "_conv_path2")):
                    key = f"_conv{number}.{new}._conv"
                    yield from conv(f"stages.{i}.{j}.{ours}", f"fire{number + 1}_{old}", key, key, bias=True)
                number += 1
    yield from conv("head.conv", "conv10", "_conv9", "_conv9", bias=True)


def torch_names(model: SqueezeNet) -> Iterator[Names]:
    """Raise: torchvision and timm have another graph."""
    raise UserError("PyTorch's SqueezeNet is a different network: the first convolution of its version 1.1 is not "
                    "padded, and its pooling rounds sizes up")
