# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""GoogLeNet without batch norm, with two auxiliary classifiers that only training uses.

Source: Going deeper with convolutions (2014).
"""

from __future__ import annotations

from typing import Iterator, List, Tuple, Union

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppclas_core.errors import UserError
from ppclas_core.nn import Backbone, ClassifierHead, FeatureInfo
from ppclas_core.weights import Names, conv, linear

# name, 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection; grouped by resolution
_STAGES: Tuple[Tuple[Tuple[str, int, int, int, int, int, int], ...], ...] = (
    (("3a", 64, 96, 128, 16, 32, 32), ("3b", 128, 128, 192, 32, 96, 64)),
    (
        ("4a", 192, 96, 208, 16, 48, 64),
        ("4b", 160, 112, 224, 24, 64, 64),
        ("4c", 128, 128, 256, 24, 64, 64),
        ("4d", 112, 144, 288, 32, 64, 64),
        ("4e", 256, 160, 320, 32, 128, 128),
    ),
    (("5a", 256, 160, 320, 32, 128, 128), ("5b", 384, 192, 384, 48, 128, 128)),
)
_TAPS = ("4a", "4d")


def _conv(in_channels: int, out_channels: int, kernel: int, stride: int = 1) -> nn.Conv2D:
    return nn.Conv2D(in_channels, out_channels, kernel, stride, (kernel - 1) // 2, bias_attr=False)


class Inception(nn.Layer):
    """Inception module: four concatenated branches and one ReLU; the inner convolutions have no activation.

    Args:
        row: a row of `_STAGES`.
        pool: halve the resolution first by unpadded 3x3 max pooling.
    """

    def __init__(self, in_channels: int, row: Tuple[str, int, int, int, int, int, int], pool: bool) -> None:
        super().__init__()
        self.name, one, three_reduce, three, five_reduce, five, projection = row
        self.pool = nn.MaxPool2D(3, 2) if pool else None
        self.one = _conv(in_channels, one, 1)
        self.three_reduce = _conv(in_channels, three_reduce, 1)
        self.three = _conv(three_reduce, three, 3)
        self.five_reduce = _conv(in_channels, five_reduce, 1)
        self.five = _conv(five_reduce, five, 5)
        self.projection = _conv(in_channels, projection, 1)
        self.channels = one + three + five + projection

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, channels, H', W'), at half the resolution if `pool`."""
        x = x if self.pool is None else self.pool(x)
        branches = [self.one(x), self.three(self.three_reduce(x)), self.five(self.five_reduce(x))]
        branches.append(self.projection(F.max_pool2d(x, 3, 1, 1)))
        return F.relu(paddle.concat(branches, axis=1))


class AuxiliaryHead(nn.Layer):
    """Auxiliary classifier on an intermediate feature map of 14 or 13 pixels at the published input size."""

    def __init__(self, in_channels: int, num_classes: int, dropout: float) -> None:
        super().__init__()
        self.conv = _conv(in_channels, 128, 1)
        self.hidden = nn.Linear(128 * 3 * 3, 1024)
        self.dropout = nn.Dropout(dropout, mode="downscale_in_infer")
        self.fc = nn.Linear(1024, num_classes)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, num_classes) logits; H, W of 5 or more."""
        x = F.avg_pool2d(x, 5, 3)
        x = F.adaptive_avg_pool2d(x, 3)  # the identity at the published input size
        return self.fc(self.dropout(F.relu(self.hidden(self.conv(x).flatten(1)))))


class GoogLeNetHead(ClassifierHead):
    """The classifier and the two auxiliary classifiers."""

    def __init__(self, in_features: int, taps: List[int], num_classes: int, dropout: float, aux_dropout: float) -> None:
        super().__init__(in_features, num_classes, dropout)
        self.aux1 = AuxiliaryHead(taps[0], num_classes, aux_dropout)
        self.aux2 = AuxiliaryHead(taps[1], num_classes, aux_dropout)

    def reset(self, num_classes: int) -> None:
        """Replace all classifiers, also the auxiliary ones, by new ones for `num_classes` classes."""
        super().reset(num_classes)
        # ClassifierHead.__init__ calls this method before the auxiliary classifiers exist
        for aux in (getattr(self, "aux1", None), getattr(self, "aux2", None)):
            if aux is not None:
                aux.fc = nn.Linear(1024, num_classes)


class GoogLeNet(Backbone):
    """GoogLeNet: outputs three logits in training (main, first and second auxiliary), the main one in evaluation.

    Args:
        dropout, aux_dropout: dropout before the main and the auxiliary classifiers; evaluation multiplies by 1 - p.
    """

    def __init__(
        self, *, dropout: float = 0.4, aux_dropout: float = 0.7, num_classes: int = 1000, in_channels: int = 3
    ) -> None:
        super().__init__(num_classes, in_channels)
        self.stem = nn.Sequential(_conv(in_channels, 64, 7, 2), nn.MaxPool2D(3, 2), _conv(64, 64, 1), _conv(64, 192, 3))
        self.stages = nn.LayerList()
        self.feature_info = []
        channels = 192
        taps: List[int] = []
        for k, rows in enumerate(_STAGES):
            blocks: List[Inception] = []
            for row in rows:
                blocks.append(Inception(channels, row, pool=not blocks))
                channels = blocks[-1].channels
                taps += [channels] if row[0] in _TAPS else []
            self.stages.append(nn.Sequential(*blocks))
            self.feature_info.append(FeatureInfo(f"stages.{k}", channels, 8 * 2**k))
        self.num_features = channels
        self.head = GoogLeNetHead(channels, taps, num_classes, dropout, aux_dropout)

    def forward(self, x: paddle.Tensor) -> Union[paddle.Tensor, Tuple[paddle.Tensor, paddle.Tensor, paddle.Tensor]]:
        """Map (N, in_channels, H, W) to (N, num_classes) logits, or in training a tuple of three.

        Without classes the model returns one tensor of features in both modes.
        """
        if not self.training or self.num_classes == 0:
            return super().forward(x)
        x = self.stem(x)
        taps = []
        for stage in self.stages:
            for block in stage:
                x = block(x)
                if block.name in _TAPS:
                    taps.append(x)
        return self.head(x), self.head.aux1(taps[0]), self.head.aux2(taps[1])


_LAYERS = (
    ("one", "1x1", "_conv1"),
    ("three_reduce", "3x3_reduce", "_conv3r"),
    ("three", "3x3", "_conv3"),
    ("five_reduce", "5x5_reduce", "_conv5r"),
    ("five", "5x5", "_conv5"),
    ("projection", "3x3_proj", "_convprj"),
)


def weight_names(model: GoogLeNet) -> Iterator[Names]:
    """Yield the published names of every tensor; releases 2.0 and 2.1 agree."""
    for index, old, later in ((0, "conv1", "_conv"), (2, "conv2_1x1", "_conv_1"), (3, "conv2_3x3", "_conv_2")):
        yield from conv(f"stem.{index}", old, f"{later}._conv", f"{later}._conv")
    for i, rows in enumerate(_STAGES):
        for j, row in enumerate(rows):
            for ours, old, later in _LAYERS:
                key = f"_ince{row[0]}.{later}._conv"
                yield from conv(f"stages.{i}.{j}.{ours}", f"inception_ince{row[0]}_{old}", key, key)
    yield from linear("head.fc", "out_weights", "out_offset", "_fc_out", "_fc_out")
    for k in (1, 2):
        yield from conv(f"head.aux{k}.conv", f"conv_o{k}", f"_conv_o{k}._conv", f"_conv_o{k}._conv")
        yield from linear(f"head.aux{k}.hidden", f"fc_o{k}_weights", f"fc_o{k}_offset", f"_fc_o{k}", f"_fc_o{k}")
        yield from linear(f"head.aux{k}.fc", f"out{k}_weights", f"out{k}_offset", f"_out{k}", f"_out{k}")


def torch_names(model: GoogLeNet) -> Iterator[Names]:
    """Raise: torchvision and timm have another graph."""
    raise UserError("torchvision's GoogLeNet is a different network: its convolutions are followed by batch norm, the "
                    "published ones are not")
