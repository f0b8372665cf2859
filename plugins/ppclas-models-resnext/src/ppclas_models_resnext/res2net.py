# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Res2Net and Res2Net_vd: bottlenecks whose 3x3 convolution is a chain over slices of the channels.

Source: Res2Net: a new multi-scale backbone architecture (2019).
"""

from __future__ import annotations

from typing import Iterator, List

import paddle
from paddle import nn

from ppclas_core.nn import ConvBN, deep_stem
from ppclas_core.weights import Names, linear
from ppclas_models_resnext.backbone import ResidualBackbone
from ppclas_models_resnext.layout import OUTPUTS, block_name, plain_stem, release_conv, stem_names


class ScaleChain(nn.Layer):
    """Residual branch: 1x1 to `scales` slices of `width` channels, a chain of 3x3 convolutions over them, 1x1.

    Each slice but the last is added to the output of the slice before it, then convolved; the last slice is the
    identity. With a stride, each slice is convolved separately, and the last is average-pooled over 3x3.
    """

    def __init__(self, channels: int, width: int, scales: int, out: int, stride: int) -> None:
        super().__init__()
        self.scales = scales
        self.stride = stride
        self.conv1 = ConvBN(channels, width * scales, 1)
        self.slices = nn.LayerList([ConvBN(width, width, 3, stride) for _ in range(scales - 1)])
        self.pool = nn.AvgPool2D(3, stride, 1) if stride > 1 else nn.Identity()
        self.conv3 = ConvBN(width * scales, out, 1, act=None)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, channels, H, W) to (N, out, ceil(H / stride), ceil(W / stride))."""
        *parts, last = paddle.split(self.conv1(x), self.scales, axis=1)
        results: List[paddle.Tensor] = []
        for part, conv in zip(parts, self.slices):
            chained = bool(results) and self.stride == 1
            results.append(conv(part + results[-1] if chained else part))
        results.append(self.pool(last))
        return self.conv3(paddle.concat(results, axis=1))


class Res2Net(ResidualBackbone):
    """Res2Net: (N, in_channels, H, W) -> (N, num_classes) logits.

    Args:
        depth: 50, 101, 152 or 200.
        width: channels of a slice in the first stage; they double with each stage.
        scales: slices.
        vd: three convolutions as stem, and pooled shortcuts.
    """

    def __init__(
        self,
        *,
        depth: int,
        width: int,
        scales: int,
        vd: bool = False,
        num_classes: int = 1000,
        in_channels: int = 3,
    ) -> None:
        super().__init__(depth, vd, num_classes, in_channels)
        self.scales = scales

        def body(channels: int, stage: int, stride: int) -> nn.Layer:
            return ScaleChain(channels, width * 2**stage, scales, OUTPUTS[stage], stride)

        self.build(deep_stem(in_channels) if vd else plain_stem(in_channels), body)


def weight_names(model: Res2Net) -> Iterator[Names]:
    """Yield the published names of every tensor."""
    yield from stem_names(model.vd, "conv1", "conv1")
    for i, stage in enumerate(model.stages):
        for j in range(len(stage)):
            name = block_name(model.depth, i, j)
            parts = [("body.conv1", "branch2a", "conv0"), ("body.conv3", "branch2c", "conv2")]
            for k in range(model.scales - 1):
                branch = f"branch2b_{k + 1}"
                parts.append((f"body.slices.{k}", branch, f"res{name}_{branch}"))
            if j == 0:
                parts.append(("shortcut", "branch1", "short"))
            for ours, branch, release in parts:
                yield from release_conv(f"stages.{i}.{j}.{ours}", f"res{name}_{branch}", f"bb_{i}_{j}.{release}",
                                        f"bn{name}_{branch}")
    yield from linear("head.fc", "fc_weights", "fc_offset", "out", "out")
