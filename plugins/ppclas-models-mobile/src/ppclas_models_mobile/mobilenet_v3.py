# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""MobileNetV3: searched inverted residuals with squeeze-and-excitation and hard swish."""

from __future__ import annotations

from typing import Iterator

import paddle
from paddle import nn

from ppclas_core.errors import UserError
from ppclas_core.nn import Backbone, ConvBN, FeatureInfo, SqueezeExcite, make_divisible
from ppclas_core.weights import Names, conv, conv_bn, linear
from ppclas_models_mobile.head import MobileHead

_RE = "relu"
_HS = "hard_swish"
_LARGE = (
    ((3, 16, 16, False, _RE),),
    ((3, 64, 24, False, _RE), (3, 72, 24, False, _RE)),
    ((5, 72, 40, True, _RE), (5, 120, 40, True, _RE), (5, 120, 40, True, _RE)),
    ((3, 240, 80, False, _HS), (3, 200, 80, False, _HS), (3, 184, 80, False, _HS), (3, 184, 80, False, _HS),
     (3, 480, 112, True, _HS), (3, 672, 112, True, _HS)),
    ((5, 672, 160, True, _HS), (5, 960, 160, True, _HS), (5, 960, 160, True, _HS)),
)
_SMALL = (
    ((3, 16, 16, True, _RE),),
    ((3, 72, 24, False, _RE), (3, 88, 24, False, _RE)),
    ((5, 96, 40, True, _HS), (5, 240, 40, True, _HS), (5, 240, 40, True, _HS),
     (5, 120, 48, True, _HS), (5, 144, 48, True, _HS)),
    ((5, 288, 96, True, _HS), (5, 576, 96, True, _HS), (5, 576, 96, True, _HS)),
)
_TABLES = {"large": (_LARGE, 1, 960), "small": (_SMALL, 2, 576)}
"""Per size: blocks per resolution, stride of the first resolution, channels of the last convolution.

A block is kernel, expanded and output channels at width 1, gate and activation. Tables 1 and 2 of the paper.
"""


class Block(nn.Layer):
    """Expansion, depthwise convolution, gate, linear projection: (N, C, H, W) -> (N, out, H / stride, W / stride)."""

    def __init__(
        self, in_channels: int, hidden: int, out_channels: int, kernel_size: int, stride: int, gate: bool, act: str
    ) -> None:
        super().__init__()
        self.residual = stride == 1 and in_channels == out_channels
        self.expand = ConvBN(in_channels, hidden, 1, act=act, bn_decay=False)
        self.depthwise = ConvBN(hidden, hidden, kernel_size, stride, groups=hidden, act=act, bn_decay=False)
        self.se = SqueezeExcite(hidden, hidden // 4, gate="hard_sigmoid") if gate else nn.Identity()
        self.project = ConvBN(hidden, out_channels, 1, act=None, bn_decay=False)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Compute the output; see the class for shapes."""
        y = self.project(self.se(self.depthwise(self.expand(x))))
        return x + y if self.residual else y


class MobileNetV3(Backbone):
    """Searching for MobileNetV3 (2019). Batch norms are exempt from weight decay.

    Args:
        size: `large` or `small`.
        scale: width multiplier; channels are rounded to multiples of 8, the classifier keeps 1280 features.
        dropout: before the classifier, in the mode of 2020 (see `ClassifierHead`).
    """

    def __init__(
        self,
        *,
        size: str = "large",
        scale: float = 1.0,
        dropout: float = 0.2,
        num_classes: int = 1000,
        in_channels: int = 3,
    ) -> None:
        super().__init__(num_classes, in_channels)
        table, first_stride, last = _TABLES[size]
        channels = make_divisible(16 * scale)
        self.stem = ConvBN(in_channels, channels, 3, stride=2, act=_HS, bn_decay=False)
        self.stages = nn.LayerList()
        self.feature_info = []
        stride = 2
        for i, rows in enumerate(table):
            blocks = []
            for j, (kernel_size, hidden, width, gate, act) in enumerate(rows):
                step = 1
                if j == 0:
                    step = first_stride if i == 0 else 2
                out = make_divisible(width * scale)
                blocks.append(Block(channels, make_divisible(hidden * scale), out, kernel_size, step, gate, act))
                channels = out
                stride *= step
            self.stages.append(nn.Sequential(*blocks))
            self.feature_info.append(FeatureInfo(f"stages.{i}", channels, stride))
        last = make_divisible(last * scale)
        self.num_features = 1280
        self.head = MobileHead(
            ConvBN(channels, last, 1, act=_HS, bn_decay=False),
            last,
            num_classes,
            wide=nn.Conv2D(last, self.num_features, 1, bias_attr=False),
            wide_width=self.num_features,
            act=_HS,
            dropout=dropout,
        )


_PARTS = (
    ("expand", "expand", "expand_conv"),
    ("depthwise", "depthwise", "bottleneck_conv"),
    ("project", "linear", "linear_conv"),
)
"""Names of a block's convolutions: ours, in 2020, in later releases."""


def weight_names(model: MobileNetV3) -> Iterator[Names]:
    """Yield the published names of every tensor."""
    yield from conv_bn("stem", "conv1", "conv1", "conv", style_2_0="conv bn")
    number = 0
    for i, stage in enumerate(model.stages):
        for j, block in enumerate(stage):
            ours, old = f"stages.{i}.{j}", f"conv{number + 2}"
            new = f"blocks.{number}"
            for part, name, layer in _PARTS:
                yield from conv_bn(f"{ours}.{part}", f"{old}_{name}", f"{old}.{layer}", f"{new}.{layer}",
                                   style_2_0="conv bn")
            if isinstance(block.se, SqueezeExcite):
                for part, k in (("reduce", 1), ("expand", 2)):
                    yield from conv(f"{ours}.se.{part}", f"{old}_se_{k}", f"{old}.mid_se.conv{k}",
                                    f"{new}.mid_se.conv{k}", bias=True)
            number += 1
    yield from conv_bn("head.conv", "conv_last", "last_second_conv", "last_second_conv", style_2_0="conv bn")
    yield from conv("head.wide", "last_1x1_conv", "last_conv", "last_conv")
    yield from linear("head.fc", "fc_weights", "fc_offset", "out", "fc")


def torch_names(model: MobileNetV3) -> Iterator[Names]:
    """Raise: torchvision and timm have another graph."""
    raise UserError("PyTorch's MobileNetV3 is a different network: its gates have a hard sigmoid of slope 1/6 and "
                    "widths that are multiples of 8; the published one has slope 0.2 and a quarter of the expanded "
                    "width")
