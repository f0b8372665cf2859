# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""DPN: each block adds to some channels, as in ResNeXt, and appends channels, as in DenseNet.

Source: Dual path networks (2017).
"""

from __future__ import annotations

from typing import Iterator, List, Tuple

import paddle
from paddle import nn

from ppclas_core.nn import Backbone, ClassifierHead, ConvBN, FeatureInfo
from ppclas_core.weights import Names, batch_norm, conv_bn, linear
from ppclas_models_densenet.preact import NormAct, PreActConv


class DualPathBlock(nn.Layer):
    """Dual path block; the first `residual` channels are the added ones, the rest are the appended ones.

    Args:
        inner: channels of the grouped 3x3 convolution.
        growth: number of appended channels.
        project: project the input to `residual + 2 * growth` channels, in the first block of a stage.
    """

    def __init__(
        self, in_channels: int, inner: int, residual: int, growth: int, groups: int, stride: int, project: bool
    ) -> None:
        super().__init__()
        self.residual = residual
        width = residual + 2 * growth
        self.match = PreActConv(in_channels, width, 1, stride) if project else None
        self.reduce = PreActConv(in_channels, inner, 1)
        self.grouped = PreActConv(inner, inner, 3, stride, groups)
        self.expand = PreActConv(inner, residual + growth, 1)
        self.out_channels = (width if project else in_channels) + growth

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, out_channels, ceil(H / stride), ceil(W / stride))."""
        kept = x if self.match is None else self.match(x)
        y = self.expand(self.grouped(self.reduce(x)))
        n = self.residual
        return paddle.concat([kept[:, :n] + y[:, :n], kept[:, n:], y[:, n:]], axis=1)


class DPN(Backbone):
    """DPN of four stages; the last ends with batch norm and ReLU.

    Args:
        width, kernel: channels and kernel size of the stem.
        inner: channels of the grouped convolution in the first stage, in `groups` groups; it doubles with each stage.
        residual: added channels of the first stage; they double with each stage.
        growth, depths: appended channels of each block, and number of blocks, by stage.
    """

    def __init__(
        self,
        *,
        width: int,
        kernel: int,
        inner: int,
        groups: int,
        residual: int,
        growth: Tuple[int, int, int, int],
        depths: Tuple[int, int, int, int],
        num_classes: int = 1000,
        in_channels: int = 3,
    ) -> None:
        super().__init__(num_classes, in_channels)
        self.stem = nn.Sequential(ConvBN(in_channels, width, kernel, 2), nn.MaxPool2D(3, 2, 1))
        self.stages = nn.LayerList()
        self.feature_info = []
        channels = width
        for k, (grow, depth) in enumerate(zip(growth, depths)):
            blocks: List[nn.Layer] = []
            for n in range(depth):
                stride = 2 if k > 0 and n == 0 else 1
                block = DualPathBlock(channels, inner * 2**k, residual * 2**k, grow, groups, stride, project=n == 0)
                channels = block.out_channels
                blocks.append(block)
            if k == len(depths) - 1:
                blocks.append(NormAct(channels))
            self.stages.append(nn.Sequential(*blocks))
            self.feature_info.append(FeatureInfo(f"stages.{k}", channels, 2 ** (k + 2)))
        self.num_features = channels
        self.head = ClassifierHead(channels, num_classes)


_LAYERS = (
    ("match", "match", "c1x1_w_func"),
    ("reduce", "conv1", "c1x1_a_func"),
    ("grouped", "conv2", "c3x3_b_func"),
    ("expand", "conv3", "c1x1_c_func"),
)


def weight_names(model: DPN) -> Iterator[Names]:
    """Yield the published names of every tensor; releases 2.0 and 2.1 agree."""

    def unit(ours: str, v2020: str, later: str) -> Iterator[Names]:
        style = "_conv _batch_norm"
        yield from conv_bn(ours, v2020, later, later, style_2_0=style, style_2_1=style)

    yield from unit("stem.0", "conv1", "conv1_x_1_func")
    number = 0
    for i, stage in enumerate(model.stages):
        for j, block in enumerate(stage):
            if isinstance(block, NormAct):
                key = "conv5_x_x_bn"
                yield from batch_norm(f"stages.{i}.{j}.bn", "final_concat_bn", key, key)
                continue
            number += 1
            for ours, old, later in _LAYERS:
                if getattr(block, ours) is not None:
                    yield from unit(f"stages.{i}.{j}.{ours}", f"dpn{number}_{old}", f"dpn{number}.{later}")
    yield from linear("head.fc", "fc_weights", "fc_offset", "out", "out")
