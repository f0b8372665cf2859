# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""GhostNet: half of the channels of a layer are computed from the other half by cheap depthwise convolutions."""

from __future__ import annotations

from typing import Iterator, Optional

import paddle
from paddle import nn

from ppclas_core.nn import Backbone, ConvBN, FeatureInfo, SqueezeExcite, make_divisible
from ppclas_core.weights import Names, conv_bn, linear
from ppclas_models_mobile.head import MobileHead

_STAGES = (
    ((3, 16, 16, False),),
    ((3, 48, 24, False), (3, 72, 24, False)),
    ((5, 72, 40, True), (5, 120, 40, True)),
    ((3, 240, 80, False), (3, 200, 80, False), (3, 184, 80, False), (3, 184, 80, False),
     (3, 480, 112, True), (3, 672, 112, True)),
    ((5, 672, 160, True), (5, 960, 160, False), (5, 960, 160, True), (5, 960, 160, False), (5, 960, 160, True)),
)
"""Blocks per resolution: kernel, expanded and output channels at width 1, gate. Table 7 of the paper."""


class GhostConv(nn.Layer):
    """Ghost module (N, C, H, W) -> (N, out_channels, H, W): half by a 1x1, half by a 3x3 depthwise convolution of it.

    Args:
        out_channels: even.
        act: activation of both halves.
    """

    def __init__(self, in_channels: int, out_channels: int, act: Optional[str]) -> None:
        super().__init__()
        half = out_channels // 2
        self.primary = ConvBN(in_channels, half, 1, act=act, bn_decay=False)
        self.cheap = ConvBN(half, half, 3, groups=half, act=act, bn_decay=False)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Compute the output; see the class for shapes."""
        x = self.primary(x)
        return paddle.concat([x, self.cheap(x)], axis=1)


class GhostBottleneck(nn.Layer):
    """Two ghost modules, at stride 2 with a depthwise convolution: (N, C, H, W) -> (N, out, H / stride, W / stride)."""

    def __init__(
        self, in_channels: int, hidden: int, out_channels: int, kernel_size: int, stride: int, gate: bool
    ) -> None:
        super().__init__()
        self.ghost1 = GhostConv(in_channels, hidden, "relu")
        self.depthwise = _depthwise(hidden, kernel_size, stride) if stride == 2 else nn.Identity()
        self.se = SqueezeExcite(hidden, hidden // 4, gate="clip", linear=True) if gate else nn.Identity()
        self.ghost2 = GhostConv(hidden, out_channels, None)
        if stride == 1 and in_channels == out_channels:
            self.shortcut: nn.Layer = nn.Identity()
        else:
            project = ConvBN(in_channels, out_channels, 1, act=None, bn_decay=False)
            self.shortcut = nn.Sequential(_depthwise(in_channels, kernel_size, stride), project)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Compute the output; see the class for shapes."""
        return self.shortcut(x) + self.ghost2(self.se(self.depthwise(self.ghost1(x))))


def _depthwise(channels: int, kernel_size: int, stride: int) -> ConvBN:
    return ConvBN(channels, channels, kernel_size, stride, groups=channels, act=None, bn_decay=False)


class GhostNet(Backbone):
    """GhostNet: more features from cheap operations (2020). Batch norms are exempt from weight decay.

    Args:
        scale: width multiplier; channels are rounded to multiples of 4, the classifier keeps 1280 features.
        dropout: before the classifier, in the mode of 2020 (see `ClassifierHead`).
    """

    def __init__(
        self, *, scale: float = 1.0, dropout: float = 0.2, num_classes: int = 1000, in_channels: int = 3
    ) -> None:
        super().__init__(num_classes, in_channels)
        channels = make_divisible(16 * scale, 4)
        self.stem = ConvBN(in_channels, channels, 3, stride=2, bn_decay=False)
        self.stages = nn.LayerList()
        self.feature_info = []
        for i, table in enumerate(_STAGES):
            blocks = []
            for j, (kernel_size, expanded, width, gate) in enumerate(table):
                hidden = make_divisible(expanded * scale, 4)
                out = make_divisible(width * scale, 4)
                stride = 2 if i > 0 and j == 0 else 1
                blocks.append(GhostBottleneck(channels, hidden, out, kernel_size, stride, gate))
                channels = out
            self.stages.append(nn.Sequential(*blocks))
            self.feature_info.append(FeatureInfo(f"stages.{i}", channels, 2 ** (i + 1)))
        self.num_features = 1280
        self.head = MobileHead(
            ConvBN(channels, hidden, 1, bn_decay=False),
            hidden,
            num_classes,
            wide=ConvBN(hidden, self.num_features, 1, bn_decay=False),
            wide_width=self.num_features,
            dropout=dropout,
        )


_PARTS = (
    ("ghost1.primary", "ghost_module_1_primary_conv", "ghost_module_1.primary_conv"),
    ("ghost1.cheap", "ghost_module_1_cheap_operation", "ghost_module_1.cheap_operation"),
    ("depthwise", "depthwise_depthwise", "depthwise_conv"),
    ("ghost2.primary", "ghost_module_2_primary_conv", "ghost_module_2.primary_conv"),
    ("ghost2.cheap", "ghost_module_2_cheap_operation", "ghost_module_2.cheap_operation"),
    ("shortcut.0", "shortcut_depthwise_depthwise", "shortcut_depthwise"),
    ("shortcut.1", "shortcut_conv", "shortcut_conv"),
)
"""Names of a bottleneck's convolutions: ours, in 2020, in later releases. Not every bottleneck has all of them."""


def weight_names(model: GhostNet) -> Iterator[Names]:
    """Yield the published names of every tensor; release 2.1 changed none."""
    yield from _conv_bn("stem", "conv1", "conv1")
    number = 0
    for i, stage in enumerate(model.stages):
        for j, block in enumerate(stage):
            ours, old = f"stages.{i}.{j}", f"_ghostbottleneck_{number}"
            present = {name for name, layer in block.named_sublayers() if isinstance(layer, ConvBN)}
            for part, name, layer_name in _PARTS:
                if part in present:
                    yield from _conv_bn(f"{ours}.{part}", f"{old}_{name}", f"{old}.{layer_name}")
            if isinstance(block.se, SqueezeExcite):
                for k, part, layer_name in ((1, "reduce", "squeeze"), (2, "expand", "excitation")):
                    new = f"{old}.se_block.{layer_name}"
                    yield from linear(f"{ours}.se.{part}", f"{old}_se_{k}_weights", f"{old}_se_{k}_offset", new, new)
            number += 1
    yield from _conv_bn("head.conv", "conv_last", "conv_last")
    yield from _conv_bn("head.wide", "fc_0", "fc_0")
    yield from linear("head.fc", "fc_1_weights", "fc_1_offset", "fc_1", "fc_1")


def _conv_bn(ours: str, v2020: str, dygraph: str) -> Iterator[Names]:
    for row in conv_bn(ours, v2020, dygraph, dygraph, style_2_1="_conv _batch_norm"):
        yield row._replace(v2020=row.v2020.replace("_bn_variance", "_variance"))  # the one odd name of 2020
