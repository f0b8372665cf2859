# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""VGG: 3x3 convolutions, pooled five times, two wide hidden layers."""

from __future__ import annotations

from typing import Dict, Iterator, List, Tuple

from paddle import nn

from ppclas_core.errors import UserError
from ppclas_core.nn import Backbone, FeatureInfo
from ppclas_core.weights import Names, conv, linear
from ppclas_models_classic.hidden_head import WIDTH, HiddenHead

_DEPTHS: Dict[int, Tuple[int, ...]] = {
    11: (1, 1, 2, 2, 2),
    13: (2, 2, 2, 2, 2),
    16: (2, 2, 3, 3, 3),
    19: (2, 2, 4, 4, 4),
}
_WIDTHS = (64, 128, 256, 512, 512)


class VGG(Backbone):
    """Very deep convolutional networks for large-scale image recognition (2014). Convolutions have no bias.

    The first of the five groups is the stem.

    Args:
        layers: 11, 13, 16 or 19 layers with weights.
        dropout: after both hidden layers, in the mode of 2020 (see `HiddenHead`).
    """

    def __init__(
        self, *, layers: int = 16, dropout: float = 0.5, num_classes: int = 1000, in_channels: int = 3
    ) -> None:
        super().__init__(num_classes, in_channels)
        groups = []
        channels = in_channels
        for depth, width in zip(_DEPTHS[layers], _WIDTHS):
            group: List[nn.Layer] = []
            for _ in range(depth):
                group += [nn.Conv2D(channels, width, 3, padding=1, bias_attr=False), nn.ReLU()]
                channels = width
            groups.append(nn.Sequential(*group, nn.MaxPool2D(2, 2)))
        self.stem = groups[0]
        self.stages = nn.LayerList(groups[1:])
        self.feature_info = [FeatureInfo(f"stages.{i}", width, 2 ** (i + 2)) for i, width in enumerate(_WIDTHS[1:])]
        self.num_features = WIDTH
        self.head = HiddenHead(channels, 7, num_classes, dropout, dropout_first=False)


def weight_names(model: VGG) -> Iterator[Names]:
    """Yield the published names of every tensor."""
    groups = [("stem", model.stem), *((f"stages.{i}", stage) for i, stage in enumerate(model.stages))]
    for block, (ours, group) in enumerate(groups, 1):
        positions = [j for j, layer in enumerate(group) if isinstance(layer, nn.Conv2D)]
        for k, j in enumerate(positions, 1):
            yield from conv(f"{ours}.{j}", f"conv{block}_{k}", f"_conv_block_{block}._conv_{k}",
                            f"conv_block_{block}.conv{k}")
    for part, old, v2_0, v2_1 in (("fc6", "fc6", "_fc1", "fc1"), ("fc7", "fc7", "_fc2", "fc2"),
                                  ("fc", "fc8", "_out", "fc3")):
        yield from linear(f"head.{part}", f"{old}_weights", f"{old}_offset", v2_0, v2_1)


def torch_names(model: VGG) -> Iterator[Names]:
    """Raise: torchvision and timm have another graph."""
    raise UserError("PyTorch's VGG is a different network: its convolutions have biases, the published ones have none")
