# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Xception: separable convolutions with the pointwise before the depthwise convolution.

Source: Xception: deep learning with depthwise separable convolutions (2016).
"""

from __future__ import annotations

from typing import Iterator, List, Tuple

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppclas_core.nn import Backbone, ClassifierHead, ConvBN, FeatureInfo
from ppclas_core.weights import Names, conv, conv_bn, linear


class Separable(nn.Layer):
    """Optional ReLU, then 1x1 and 3x3 depthwise convolution, each with batch norm; `act` after the last."""

    def __init__(self, in_channels: int, out_channels: int, relu_first: bool = False, act: bool = False) -> None:
        super().__init__()
        self.relu_first = relu_first
        self.pointwise = ConvBN(in_channels, out_channels, 1, act=None)
        self.depthwise = ConvBN(out_channels, out_channels, 3, groups=out_channels, act="relu" if act else None)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, out_channels, H, W)."""
        return self.depthwise(self.pointwise(F.relu(x) if self.relu_first else x))


class Down(nn.Layer):
    """Two separable convolutions and 3x3 max pooling, with a 1x1 convolution without batch norm as shortcut.

    Args:
        middle: channels between the two.
        relu_first: apply ReLU to the input of the branch, not of the shortcut.
    """

    def __init__(self, in_channels: int, middle: int, out_channels: int, stride: int, relu_first: bool) -> None:
        super().__init__()
        first = Separable(in_channels, middle, relu_first, act=True)
        self.units = nn.LayerList([first, Separable(middle, out_channels)])
        self.pool = nn.MaxPool2D(3, stride, 1)
        self.short = nn.Conv2D(in_channels, out_channels, 1, stride, bias_attr=False)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, out_channels, ceil(H / stride), ceil(W / stride))."""
        return self.pool(self.units[1](self.units[0](x))) + self.short(x)


class Middle(nn.Layer):
    """Three separable convolutions with a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.units = nn.LayerList([Separable(channels, channels, relu_first=True) for _ in range(3)])

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Return a tensor with the shape of the input, (N, channels, H, W)."""
        y = x
        for unit in self.units:
            y = unit(y)
        return x + y


class Xception(Backbone):
    """Xception of entry, middle and exit flow.

    Args:
        entry: output channels and stride of each block of the entry flow.
        middle: number of blocks of the middle flow.
    """

    def __init__(
        self, *, entry: Tuple[Tuple[int, int], ...], middle: int, num_classes: int = 1000, in_channels: int = 3
    ) -> None:
        super().__init__(num_classes, in_channels)
        self.entry_count = len(entry)
        self.middle_count = middle
        self.stem = nn.Sequential(ConvBN(in_channels, 32, 3, 2), ConvBN(32, 64, 3))
        channels = 64
        stages: List[List[nn.Layer]] = []
        widths: List[int] = []
        for k, (width, stride) in enumerate(entry):
            if stride == 2:
                stages.append([])
                widths.append(width)
            stages[-1].append(Down(channels, width, width, stride, relu_first=k > 0))
            channels = widths[-1] = width
        stages[-1] += [Middle(channels) for _ in range(middle)]
        stages.append([
            Down(channels, channels, 1024, 2, relu_first=True),
            Separable(1024, 1536, act=True),
            Separable(1536, 2048, act=True),
        ])
        self.stages = nn.LayerList([nn.Sequential(*blocks) for blocks in stages])
        channel_counts = [*widths, 2048]
        self.feature_info = [FeatureInfo(f"stages.{k}", n, 2 ** (k + 2)) for k, n in enumerate(channel_counts)]
        self.num_features = 2048
        self.head = ClassifierHead(2048, num_classes)


def _separable_names(ours: str, v2020: str, later: str) -> Iterator[Names]:
    style = "_conv _batch_norm"
    for half, old in (("pointwise", "sep"), ("depthwise", "dw")):
        key, name = f"{later}._{half}_conv", f"{v2020}_{old}"
        yield from conv_bn(f"{ours}.{half}", name, key, key, bn2020=f"bn_{name}", style_2_0=style, style_2_1=style)


def weight_names(model: Xception) -> Iterator[Names]:
    """Yield the published names of every tensor; releases 2.0 and 2.1 agree."""
    for k in (1, 2):
        name, key, style = f"entry_flow_conv{k}", f"_entry_flow._conv{k}", "_conv _batch_norm"
        yield from conv_bn(f"stem.{k - 1}", name, key, key, bn2020=f"bn_{name}", style_2_0=style, style_2_1=style)
    entry = middle = 0
    for i, stage in enumerate(model.stages):
        for j, block in enumerate(stage):
            ours = f"stages.{i}.{j}"
            if isinstance(block, Middle):
                for k, letter in enumerate("abc"):
                    yield from _separable_names(f"{ours}.units.{k}", f"middle_flow_{middle}_branch2{letter}_weights",
                                                f"_middle_flow._conv_{middle}._conv_{k}")
                middle += 1
            elif isinstance(block, Separable):
                yield from _separable_names(ours, f"exit_flow_{j + 1}", f"_exit_flow._conv_{j}")
            else:
                last = i == len(model.stages) - 1
                old = "exit_flow_1" if last else f"entry_flow_{entry}"
                later, sub = ("_exit_flow._conv_0", "_conv_") if last else (f"_entry_flow._conv_{entry}", "_conv")
                yield from conv(f"{ours}.short", f"{old}_branch1", f"{later}._short", f"{later}._short")
                for k, letter in enumerate("ab"):
                    yield from _separable_names(f"{ours}.units.{k}", f"{old}_branch2{letter}_weights",
                                                f"{later}.{sub}{k + 1}")
                entry += 1
    yield from linear("head.fc", "fc_weights", "fc_offset", "_exit_flow._out", "_exit_flow._out")
