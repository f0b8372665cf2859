# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""DARTS: cells of a searched graph, each fed by the two cells before it."""

from __future__ import annotations

from typing import Dict, Iterator, List, Tuple

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppclas_core.nn import Backbone, ClassifierHead, ConvBN, DropPath, FeatureInfo
from ppclas_core.weights import Names, linear

_Graph = Tuple[Tuple[str, int], ...]
_GENOTYPES: Dict[str, Tuple[_Graph, _Graph]] = {
    "GS_4M": (
        (("sep3", 0), ("sep3", 1), ("sep3", 0), ("sep3", 1), ("sep3", 1), ("skip", 0), ("skip", 0), ("dil3", 1)),
        (("max", 0), ("max", 1), ("max", 0), ("avg", 1), ("skip", 3), ("skip", 2), ("sep3", 0), ("sep5", 2)),
    ),
    "GS_6M": (
        (("sep3", 1), ("sep3", 0), ("sep5", 1), ("sep5", 0), ("sep3", 2), ("sep3", 1), ("skip", 4), ("sep3", 3)),
        (("sep5", 0), ("max", 1), ("dil5", 2), ("sep5", 0), ("sep3", 1), ("dil5", 3), ("dil3", 1), ("sep3", 2)),
    ),
}
"""Normal and reduction cell by name.

A cell has nodes 0 and 1 (its inputs) and 2..5. Node k + 2 is the sum of operations 2k and 2k + 1 of the list, each
given as (kind, input node).
"""

_DEPTHS = (4, 5, 5)
"""Cells per resolution; the first cell of the second and third halves the resolution."""


class SeparableConv(nn.Layer):
    """ReLU, depthwise, 1x1 convolution, batch norm: (N, C, H, W) -> (N, C, H / stride, W / stride)."""

    def __init__(self, channels: int, kernel_size: int, stride: int, dilation: int = 1) -> None:
        super().__init__()
        padding = kernel_size // 2 * dilation
        self.depthwise = nn.Conv2D(
            channels, channels, kernel_size, stride, padding, dilation, groups=channels, bias_attr=False
        )
        self.pointwise = nn.Conv2D(channels, channels, 1, bias_attr=False)
        self.bn = nn.BatchNorm2D(channels)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Compute the output; see the class for shapes."""
        return self.bn(self.pointwise(self.depthwise(F.relu(x))))


class ReLUConv(nn.Layer):
    """ReLU, then convolution and batch norm: (N, C, H, W) -> (N, out_channels, H / stride, W / stride)."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int = 1, stride: int = 1) -> None:
        super().__init__()
        self.conv = ConvBN(in_channels, out_channels, kernel_size, stride, act=None)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Compute the output; see the class for shapes."""
        return self.conv(F.relu(x))


class FactorizedReduce(nn.Layer):
    """Two strided 1x1 convolutions, on even and on odd pixels: (N, C, H, W) -> (N, out_channels, H / 2, W / 2)."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.even = nn.Conv2D(in_channels, out_channels // 2, 1, 2, bias_attr=False)
        self.odd = nn.Conv2D(in_channels, out_channels // 2, 1, 2, bias_attr=False)
        self.bn = nn.BatchNorm2D(out_channels)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Compute the output; an odd side is padded by zeros, so that both halves have the same size."""
        x = F.relu(x)
        shifted = F.pad(x[:, :, 1:, 1:], [0, x.shape[3] % 2, 0, x.shape[2] % 2])
        return self.bn(paddle.concat([self.even(x), self.odd(shifted)], axis=1))


def _operation(kind: str, channels: int, stride: int) -> nn.Layer:
    if kind == "max":
        return nn.MaxPool2D(3, stride, 1)
    if kind == "avg":
        return nn.AvgPool2D(3, stride, 1)
    if kind == "skip":
        return nn.Identity()
    size = int(kind[-1])
    if kind.startswith("dil"):
        return nn.Sequential(SeparableConv(channels, size, stride, dilation=2))
    return nn.Sequential(SeparableConv(channels, size, stride), SeparableConv(channels, size, 1))


class Cell(nn.Layer):
    """Cell of a searched graph: outputs of the last two cells -> (N, 4 x channels, H, W).

    Args:
        before, last: channels of the output before the last, and of the last.
        graph: operations, see `_GENOTYPES`.
        reduces: whether operations on the inputs have stride 2.
        unequal: whether the output before the last has twice the resolution of the last.
    """

    def __init__(
        self, before: int, last: int, channels: int, graph: _Graph, reduces: bool, unequal: bool, drop_path: float
    ) -> None:
        super().__init__()
        self.input0: nn.Layer = FactorizedReduce(before, channels) if unequal else ReLUConv(before, channels)
        self.input1 = ReLUConv(last, channels)
        self.sources = [source for _, source in graph]
        self.ops = nn.LayerList([
            _operation(kind, channels, 2 if reduces and source < 2 else 1) for kind, source in graph
        ])
        self.drop_path = DropPath(drop_path)

    def forward(self, before: paddle.Tensor, last: paddle.Tensor) -> paddle.Tensor:
        """Compute the output; see the class for shapes."""
        nodes = [self.input0(before), self.input1(last)]
        for k in range(0, len(self.ops), 2):
            nodes.append(self._edge(k, nodes) + self._edge(k + 1, nodes))
        return paddle.concat(nodes[2:], axis=1)

    def _edge(self, k: int, nodes: List[paddle.Tensor]) -> paddle.Tensor:
        op = self.ops[k]
        node = nodes[self.sources[k]]
        return node if isinstance(op, nn.Identity) else self.drop_path(op(node))


class Stem(nn.Layer):
    """Stem: (N, in_channels, H, W) -> two feature maps of `channels`, at stride 4 and at stride 8."""

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.conv1 = ConvBN(in_channels, channels // 2, 3, stride=2)
        self.conv2 = ConvBN(channels // 2, channels, 3, stride=2, act=None)
        self.conv3 = ReLUConv(channels, channels, 3, stride=2)

    def forward(self, x: paddle.Tensor) -> Tuple[paddle.Tensor, paddle.Tensor]:
        """Compute the output; see the class for shapes."""
        x = self.conv2(self.conv1(x))
        return x, self.conv3(x)


class DARTS(Backbone):
    """DARTS: differentiable architecture search (2018), with the cells GS_4M and GS_6M of 2020.

    Args:
        genotype: `GS_4M` or `GS_6M`.
        drop_path: probability of dropping an operation of a cell for a sample.
    """

    def __init__(
        self, *, genotype: str = "GS_4M", drop_path: float = 0.0, num_classes: int = 1000, in_channels: int = 3
    ) -> None:
        super().__init__(num_classes, in_channels)
        normal, reduction = _GENOTYPES[genotype]
        channels = before = last = 48
        self.stem = Stem(in_channels, channels)
        self.stages = nn.LayerList()
        self.feature_info = []
        unequal = True
        for i, depth in enumerate(_DEPTHS):
            channels = 48 * 2**i
            cells = nn.LayerList()
            for j in range(depth):
                reduces = i > 0 and j == 0
                graph = reduction if reduces else normal
                cells.append(Cell(before, last, channels, graph, reduces, unequal, drop_path))
                before, last = last, 4 * channels
                unequal = reduces
            self.stages.append(cells)
            self.feature_info.append(FeatureInfo(f"stages.{i}", last, 2 ** (i + 3)))
        self.num_features = last
        self.head = ClassifierHead(last, num_classes)

    def feature_maps(self, x: paddle.Tensor) -> List[paddle.Tensor]:
        """Map (N, in_channels, H, W) to the output of the last cell of each resolution."""
        before, last = self.stem(x)
        maps = []
        for cells in self.stages:
            for cell in cells:
                before, last = last, cell(before, last)
            maps.append(last)
        return maps


def weight_names(model: DARTS) -> Iterator[Names]:
    """Yield the published names of every tensor. No later release has this network, so our keys are used for theirs.

    Most convolutions were named by counters in the order of construction: one counter for depthwise convolutions, one
    for all others. The latter also counts those of `FactorizedReduce`, which have names.
    """
    dense = depthwise = 0
    for part, name in (("conv1", "stem0.1"), ("conv2", "stem0.3"), ("conv3.conv", "stem1.1")):
        yield _same(f"stem.{part}.conv.weight", f"conv2d_{dense}.w_0")
        yield from _norm(f"stem.{part}.bn", name)
        dense += 1
    cells = [(f"stages.{i}.{j}", cell) for i, stage in enumerate(model.stages) for j, cell in enumerate(stage)]
    for number, (ours, cell) in enumerate(cells):
        old = f"cells.{number}"
        for k, layer in enumerate((cell.input0, cell.input1)):
            if isinstance(layer, FactorizedReduce):
                yield _same(f"{ours}.input{k}.even.weight", f"{old}.preprocess{k}.conv_1.weight")
                yield _same(f"{ours}.input{k}.odd.weight", f"{old}.preprocess{k}.conv_2.weight")
                yield from _norm(f"{ours}.input{k}.bn", f"{old}.preprocess{k}.bn")
                dense += 2
            else:
                yield _same(f"{ours}.input{k}.conv.conv.weight", f"conv2d_{dense}.w_0")
                yield from _norm(f"{ours}.input{k}.conv.bn", f"{old}.preprocess{k}.op.2")
                dense += 1
        for k, op in enumerate(cell.ops):
            for step in range(len(op)) if isinstance(op, nn.Sequential) else ():
                key = f"{ours}.ops.{k}.{step}"
                yield _same(f"{key}.depthwise.weight", f"depthwise_conv2d_{depthwise}.w_0")
                yield _same(f"{key}.pointwise.weight", f"conv2d_{dense}.w_0")
                yield from _norm(f"{key}.bn", f"{old}._ops.{k}.op.{3 + 4 * step}")
                dense += 1
                depthwise += 1
    yield from linear("head.fc", "classifier.weight", "classifier.bias", "head.fc", "head.fc")


def _same(ours: str, v2020: str) -> Names:
    return Names(ours, v2020, ours, ours)


def _norm(ours: str, v2020: str) -> Iterator[Names]:
    for key, old in (("weight", "weight"), ("bias", "bias"), ("_mean", "running_mean"), ("_variance", "running_var")):
        yield _same(f"{ours}.{key}", f"{v2020}.{old}")
