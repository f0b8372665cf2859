# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The Xception of DeepLab v3+: three separable convolutions per block, strided instead of pooling.

Source: Encoder-decoder with atrous separable convolution for semantic image segmentation (2018).
"""

from __future__ import annotations

from typing import Iterator, List, Tuple

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppclas_core.nn import Backbone, ClassifierHead, ConvBN, FeatureInfo
from ppclas_core.weights import Names, linear

_EPS = 1e-3
_MOMENTUM = 0.99


def _conv_bn(
    in_channels: int,
    out_channels: int,
    kernel: int,
    stride: int = 1,
    groups: int = 1,
    dilation: int = 1,
    act: bool = False,
) -> ConvBN:
    return ConvBN(in_channels, out_channels, kernel, stride, groups, "relu" if act else None, dilation=dilation,
                  eps=_EPS, momentum=_MOMENTUM)


class Separable(nn.Layer):
    """Separable convolution: depthwise, then 1x1 convolution, each with batch norm.

    Args:
        last: the form of the network's last block: ReLU after each convolution instead of before both, dilation 2.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int, last: bool) -> None:
        super().__init__()
        self.relu_first = not last
        dilation = 2 if last else 1
        self.depthwise = _conv_bn(in_channels, in_channels, 3, stride, in_channels, dilation, act=last)
        self.pointwise = _conv_bn(in_channels, out_channels, 1, act=last)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, out_channels, ceil(H / stride), ceil(W / stride))."""
        return self.pointwise(self.depthwise(F.relu(x) if self.relu_first else x))


class XceptionBlock(nn.Layer):
    """Three separable convolutions, the last with the stride.

    Args:
        widths: output channels of the three.
        short: `conv`: projected shortcut; `identity`: identity shortcut; `none`: no shortcut, with the separable
            convolutions of the last block.
        name, later: its names in 2020 (below the network's own name) and in release 2.0.
    """

    def __init__(
        self, in_channels: int, widths: Tuple[int, int, int], stride: int, short: str, name: str, later: str
    ) -> None:
        super().__init__()
        self.name = name
        self.later = later
        ins = (in_channels, *widths[:-1])
        strides = (1, 1, stride)
        self.units = nn.LayerList([Separable(a, b, s, short == "none") for a, b, s in zip(ins, widths, strides)])
        self.short = _conv_bn(in_channels, widths[-1], 1, stride) if short == "conv" else None
        self.identity = short == "identity"

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, widths[-1], ceil(H / stride), ceil(W / stride))."""
        y = x
        for unit in self.units:
            y = unit(y)
        if self.short is not None:
            return y + self.short(x)
        return y + x if self.identity else y


class DeeplabHead(ClassifierHead):
    """Head with dropout on the feature map before the pooling."""

    def forward(self, x: paddle.Tensor, pre_logits: bool = False) -> paddle.Tensor:
        """Map (N, C, H, W) to (N, num_classes) logits, or the pooled (N, C) features without dropout."""
        x = F.adaptive_avg_pool2d(x if pre_logits else self.dropout(x), 1).flatten(1)
        return x if pre_logits else self.fc(x)


class XceptionDeeplab(Backbone):
    """Xception of DeepLab v3+: entry, middle and exit flow.

    Args:
        label: the network's own name within published tensor names.
        entry: output channels and stride of each block of the entry flow.
        middle: number of blocks of the middle flow.
        dropout: on the last feature map; evaluation multiplies by 1 - p.
    """

    def __init__(
        self,
        *,
        label: str,
        entry: Tuple[Tuple[int, int], ...],
        middle: int,
        dropout: float = 0.5,
        num_classes: int = 1000,
        in_channels: int = 3,
    ) -> None:
        super().__init__(num_classes, in_channels)
        self.label = label
        self.stem = nn.Sequential(_conv_bn(in_channels, 32, 3, 2, act=True), _conv_bn(32, 64, 3, act=True))
        channels = 64
        stages: List[List[nn.Layer]] = []
        widths: List[int] = []
        for k, (width, stride) in enumerate(entry, 1):
            if stride == 2:
                stages.append([])
                widths.append(width)
            name = f"entry_flow/block{k}"
            stages[-1].append(XceptionBlock(channels, (width,) * 3, stride, "conv", name, f"{label}/{name}"))
            channels = widths[-1] = width
        for k in range(1, middle + 1):
            name = f"middle_flow/block{k}"
            stages[-1].append(XceptionBlock(channels, (channels,) * 3, 1, "identity", name, f"{label}/{name}"))
        stages.append([
            XceptionBlock(channels, (728, 1024, 1024), 2, "conv", "exit_flow/block1", "_exit_flow_1"),
            XceptionBlock(1024, (1536, 1536, 2048), 1, "none", "exit_flow/block2", "_exit_flow_2"),
        ])
        self.stages = nn.LayerList([nn.Sequential(*blocks) for blocks in stages])
        channel_counts = [*widths, 2048]
        self.feature_info = [FeatureInfo(f"stages.{k}", n, 2 ** (k + 2)) for k, n in enumerate(channel_counts)]
        self.num_features = 2048
        self.head = DeeplabHead(2048, num_classes, dropout)


def _conv_bn_names(ours: str, v2020: str, conv_later: str, bn_later: str) -> Iterator[Names]:
    yield Names(f"{ours}.conv.weight", f"{v2020}/weights", f"{conv_later}.weight", f"{conv_later}.weight")
    for key, old in (("weight", "gamma"), ("bias", "beta"), ("_mean", "moving_mean"), ("_variance", "moving_variance")):
        yield Names(f"{ours}.bn.{key}", f"{v2020}/BatchNorm/{old}", f"{bn_later}.{key}", f"{bn_later}.{key}")


def weight_names(model: XceptionDeeplab) -> Iterator[Names]:
    """Yield the published names of every tensor; releases 2.0 and 2.1 agree."""
    for k in (1, 2):
        name = f"{model.label}/entry_flow/conv{k}"
        yield from _conv_bn_names(f"stem.{k - 1}", name, f"_conv{k}._conv", f"_conv{k}._bn")
    for i, stage in enumerate(model.stages):
        for j, block in enumerate(stage):
            ours, old = f"stages.{i}.{j}", f"{model.label}/{block.name}"
            for k in range(3):
                for n, half in ((1, "depthwise"), (2, "pointwise")):
                    key = f"{block.later}._conv{k + 1}"
                    yield from _conv_bn_names(f"{ours}.units.{k}.{half}", f"{old}/separable_conv{k + 1}/{half}",
                                              f"{key}._conv{n}", f"{key}._bn{n}")
            if block.short is not None:
                key = f"{block.later}._short"
                yield from _conv_bn_names(f"{ours}.short", f"{old}/shortcut", f"{key}._conv", f"{key}._bn")
    yield from linear("head.fc", "fc_weights", "fc_bias", "_fc", "_fc")
