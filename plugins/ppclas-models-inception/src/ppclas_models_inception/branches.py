# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Networks of parallel branches built from tables of units, pools and forks."""

from __future__ import annotations

from typing import Iterator, List, NamedTuple, Optional, Tuple, Union

import paddle
from paddle import nn

from ppclas_core.nn import ConvBN
from ppclas_core.weights import Names, conv_bn


class Unit(NamedTuple):
    """A convolution with batch norm and ReLU, with its published names in 2020 and in later releases.

    `padding` None keeps the size at stride 1.
    """

    channels: int
    kernel: Union[int, Tuple[int, int]]
    v2020: str
    later: str
    stride: int = 1
    padding: Optional[int] = None


class Pool(NamedTuple):
    """Pooling. `avg`: 3x3 at stride 1, same size, padding not counted. `max`: 3x3 at stride 2, unpadded."""

    kind: str


Step = Union[Unit, Pool, "Fork"]


class Fork(NamedTuple):
    """Branches with the same input, whose outputs are concatenated along the channels."""

    branches: Tuple[Tuple[Step, ...], ...]


class Concat(nn.Layer):
    """The layer of a `Fork`."""

    def __init__(self, branches: List[nn.Layer]) -> None:
        super().__init__()
        self.branches = nn.LayerList(branches)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, C, H, W) to (N, sum of the branches' channels, H', W')."""
        return paddle.concat([branch(x) for branch in self.branches], axis=1)


def build(steps: Tuple[Step, ...], channels: int) -> Tuple[nn.Sequential, int]:
    """Build the layers of a chain of steps on `channels` input channels, and return the output channels too."""
    layers: List[nn.Layer] = []
    for step in steps:
        if isinstance(step, Unit):
            layers.append(ConvBN(channels, step.channels, step.kernel, step.stride, padding=step.padding))
            channels = step.channels
        elif isinstance(step, Pool):
            layers.append(nn.AvgPool2D(3, 1, 1) if step.kind == "avg" else nn.MaxPool2D(3, 2))
        else:
            built = [build(branch, channels) for branch in step.branches]
            layers.append(Concat([layer for layer, _ in built]))
            channels = sum(width for _, width in built)
    return nn.Sequential(*layers), channels


def unit_names(steps: Tuple[Step, ...], ours: str, v2020: str, later: str) -> Iterator[Names]:
    """Yield the published names of every unit of a chain; `v2020` and `later` are their prefixes."""
    for k, step in enumerate(steps):
        if isinstance(step, Unit):
            key = f"{later}.{step.later}"
            style = "_conv _batch_norm"
            yield from conv_bn(f"{ours}.{k}", v2020 + step.v2020, key, key, style_2_0=style, style_2_1=style)
        elif isinstance(step, Fork):
            for n, branch in enumerate(step.branches):
                yield from unit_names(branch, f"{ours}.{k}.branches.{n}", v2020, later)
