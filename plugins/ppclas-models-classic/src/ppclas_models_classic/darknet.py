# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""DarkNet-53: residual blocks of a 1x1 and a 3x3 convolution, downsampling by strided convolutions."""

from __future__ import annotations

from typing import Iterator

import paddle
from paddle import nn

from ppclas_core.nn import Backbone, ClassifierHead, ConvBN, FeatureInfo
from ppclas_core.weights import Names, linear

_DEPTHS = (1, 2, 8, 8, 4)


class DarkBlock(nn.Layer):
    """Residual block, shape (N, channels, H, W): the 1x1 convolution halves the channels, the 3x3 one restores them."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.reduce = ConvBN(channels, channels // 2, 1)
        self.expand = ConvBN(channels // 2, channels, 3)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Compute the output; see the class for shapes."""
        return x + self.expand(self.reduce(x))


class DarkNet53(Backbone):
    """Backbone of "YOLOv3: an incremental improvement" (2018), with ReLU instead of leaky ReLU."""

    def __init__(self, *, num_classes: int = 1000, in_channels: int = 3) -> None:
        super().__init__(num_classes, in_channels)
        channels = 32
        self.stem = ConvBN(in_channels, channels, 3)
        self.stages = nn.LayerList()
        self.feature_info = []
        for i, depth in enumerate(_DEPTHS):
            down = ConvBN(channels, 2 * channels, 3, stride=2)
            channels *= 2
            self.stages.append(nn.Sequential(down, *(DarkBlock(channels) for _ in range(depth))))
            self.feature_info.append(FeatureInfo(f"stages.{i}", channels, 2 ** (i + 1)))
        self.num_features = channels
        self.head = ClassifierHead(channels, num_classes)


def weight_names(model: DarkNet53) -> Iterator[Names]:
    """Yield the published names of every tensor; release 2.1 changed none."""
    yield from _conv_bn("stem", "yolo_input", "_conv1")
    for i, depth in enumerate(_DEPTHS):
        old, new = (f"stage.{i - 1}", f"_downsample_{i - 1}") if i else ("yolo_input", "_conv2")
        yield from _conv_bn(f"stages.{i}.0", f"{old}.downsample", new)
        for j in range(depth):
            for k, part in enumerate(("reduce", "expand")):
                yield from _conv_bn(f"stages.{i}.{j + 1}.{part}", f"stage.{i}.{j}.{k}",
                                    f"_basic_block_{i}{j + 1}._conv{k + 1}")
    yield from linear("head.fc", "fc_weights", "fc_offset", "_out", "_out")


def _conv_bn(ours: str, v2020: str, dygraph: str) -> Iterator[Names]:
    key = f"{dygraph}._conv.weight"
    yield Names(f"{ours}.conv.weight", f"{v2020}.conv.weights", key, key)
    for part, old in (("weight", "scale"), ("bias", "offset"), ("_mean", "mean"), ("_variance", "var")):
        key = f"{dygraph}._bn.{part}"
        yield Names(f"{ours}.bn.{part}", f"{v2020}.bn.{old}", key, key)
