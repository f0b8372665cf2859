# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Squeeze-and-excitation."""

from __future__ import annotations

from typing import Callable, Dict

import paddle
import paddle.nn.functional as F
from paddle import nn

_GATES: Dict[str, Callable[[paddle.Tensor], paddle.Tensor]] = {
    "sigmoid": F.sigmoid,
    "hard_sigmoid": lambda x: F.hardsigmoid(x, slope=0.2, offset=0.5),  # the slope of published networks, not 1/6
    "clip": lambda x: paddle.clip(x, 0.0, 1.0),
}
_ACTS: Dict[str, Callable[[paddle.Tensor], paddle.Tensor]] = {"relu": F.relu, "relu6": F.relu6, "swish": F.swish}
_SQUEEZES = {"avg": F.adaptive_avg_pool2d, "max": F.adaptive_max_pool2d}


class SqueezeExcite(nn.Layer):
    """Channel gate: spatial mean (or maximum), two small layers (`reduce`, `expand`), product with the input.

    Source: Squeeze-and-excitation networks (2018).

    Args:
        channels: number of channels of the input.
        reduced: number of channels of the bottleneck.
        gate: `sigmoid`, `hard_sigmoid` (slope 0.2) or `clip` to 0..1.
        act: activation between the two layers: `relu`, `relu6` or `swish`.
        linear: linear layers instead of 1x1 convolutions (other weight shapes, same result).
        squeeze: spatial pooling, `avg` or `max`.
    """

    def __init__(
        self,
        channels: int,
        reduced: int,
        gate: str = "sigmoid",
        act: str = "relu",
        linear: bool = False,
        squeeze: str = "avg",
    ) -> None:
        super().__init__()
        self._linear = linear
        self._gate = _GATES[gate]
        self._act = _ACTS[act]
        self._squeeze = _SQUEEZES[squeeze]
        if linear:
            self.reduce: nn.Layer = nn.Linear(channels, reduced)
            self.expand: nn.Layer = nn.Linear(reduced, channels)
        else:
            self.reduce = nn.Conv2D(channels, reduced, 1)
            self.expand = nn.Conv2D(reduced, channels, 1)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Scale the channels of (N, channels, H, W)."""
        scale = self._squeeze(x, 1)
        if self._linear:
            scale = scale.flatten(1)
        scale = self._gate(self.expand(self._act(self.reduce(scale))))
        return x * (scale.unsqueeze([2, 3]) if self._linear else scale)
