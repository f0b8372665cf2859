# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Inception-v4: three kinds of blocks of parallel branches, with reductions between them.

Source: Inception-v4, Inception-ResNet and the impact of residual connections on learning (2016).
"""

from __future__ import annotations

from typing import Iterator, Tuple

from paddle import nn

from ppclas_core.nn import Backbone, ClassifierHead, FeatureInfo
from ppclas_core.weights import Names, linear
from ppclas_models_inception.branches import Fork, Pool, Step, Unit, build, unit_names

_STEM: Tuple[Step, ...] = (
    Unit(32, 3, "conv1_3x3_s2", "_conv_1", 2, 0),
    Unit(32, 3, "conv2_3x3_s1", "_conv_2", 1, 0),
    Unit(64, 3, "conv3_3x3_s1", "_conv_3"),
    Fork(((Pool("max"),), (Unit(96, 3, "inception_stem1_3x3_s2", "_conv2", 2, 0),))),
    Fork((
        (Unit(64, 1, "inception_stem2_3x3_reduce", "_conv1_1"), Unit(96, 3, "inception_stem2_3x3", "_conv1_2", 1, 0)),
        (
            Unit(64, 1, "inception_stem2_1x7_reduce", "_conv2_1"),
            Unit(64, (7, 1), "inception_stem2_1x7", "_conv2_2"),  # the published names of these two are swapped
            Unit(64, (1, 7), "inception_stem2_7x1", "_conv2_3"),
            Unit(96, 3, "inception_stem2_3x3_2", "_conv2_4", 1, 0),
        ),
    )),
    Fork(((Unit(192, 3, "inception_stem3_3x3_s2", "_conv3", 2, 0),), (Pool("max"),))),
)

_A: Tuple[Step, ...] = (Fork((
    (Pool("avg"), Unit(96, 1, "1x1", "_conv1")),
    (Unit(96, 1, "1x1_2", "_conv2"),),
    (Unit(64, 1, "3x3_reduce", "_conv3_1"), Unit(96, 3, "3x3", "_conv3_2")),
    (Unit(64, 1, "3x3_2_reduce", "_conv4_1"), Unit(96, 3, "3x3_2", "_conv4_2"), Unit(96, 3, "3x3_3", "_conv4_3")),
)),)

_REDUCTION_A: Tuple[Step, ...] = (Fork((
    (Pool("max"),),
    (Unit(384, 3, "3x3", "_conv2", 2, 0),),
    (
        Unit(192, 1, "3x3_2_reduce", "_conv3_1"),
        Unit(224, 3, "3x3_2", "_conv3_2"),
        Unit(256, 3, "3x3_3", "_conv3_3", 2, 0),
    ),
)),)

_B: Tuple[Step, ...] = (Fork((
    (Pool("avg"), Unit(128, 1, "1x1", "_conv1")),
    (Unit(384, 1, "1x1_2", "_conv2"),),
    (
        Unit(192, 1, "1x7_reduce", "_conv3_1"),
        Unit(224, (1, 7), "1x7", "_conv3_2"),
        Unit(256, (7, 1), "7x1", "_conv3_3"),
    ),
    (
        Unit(192, 1, "7x1_2_reduce", "_conv4_1"),
        Unit(192, (1, 7), "1x7_2", "_conv4_2"),
        Unit(224, (7, 1), "7x1_2", "_conv4_3"),
        Unit(224, (1, 7), "1x7_3", "_conv4_4"),
        Unit(256, (7, 1), "7x1_3", "_conv4_5"),
    ),
)),)

_REDUCTION_B: Tuple[Step, ...] = (Fork((
    (Pool("max"),),
    (Unit(192, 1, "3x3_reduce", "_conv2_1"), Unit(192, 3, "3x3", "_conv2_2", 2, 0)),
    (
        Unit(256, 1, "1x7_reduce", "_conv3_1"),
        Unit(256, (1, 7), "1x7", "_conv3_2"),
        Unit(320, (7, 1), "7x1", "_conv3_3"),
        Unit(320, 3, "3x3_2", "_conv3_4", 2, 0),
    ),
)),)

_C: Tuple[Step, ...] = (Fork((
    (Pool("avg"), Unit(256, 1, "1x1", "_conv1")),
    (Unit(256, 1, "1x1_2", "_conv2"),),
    (
        Unit(384, 1, "1x1_3", "_conv3_0"),
        Fork(((Unit(256, (1, 3), "1x3", "_conv3_1"),), (Unit(256, (3, 1), "3x1", "_conv3_2"),))),
    ),
    (
        Unit(384, 1, "1x1_4", "_conv4_0"),
        Unit(448, (1, 3), "1x3_2", "_conv4_00"),
        Unit(512, (3, 1), "3x1_2", "_conv4_000"),
        Fork(((Unit(256, (1, 3), "1x3_3", "_conv4_1"),), (Unit(256, (3, 1), "3x1_3", "_conv4_2"),))),
    ),
)),)


def _blocks(letter: str, count: int, steps: Tuple[Step, ...]) -> Tuple[Tuple[str, str, Tuple[Step, ...]], ...]:
    return tuple((f"inception_{letter.lower()}{k}_", f"_inception{letter}_{k}", steps) for k in range(1, count + 1))


# 2020 prefix, later prefix, steps of each block, by resolution
_STAGES = (
    _blocks("A", 4, _A),
    (("reduction_a_", "_reductionA", _REDUCTION_A), *_blocks("B", 7, _B)),
    (("reduction_b_", "_reductionB", _REDUCTION_B), *_blocks("C", 3, _C)),
)


class InceptionV4(Backbone):
    """Inception-v4 for inputs of at least 75 pixels, 299 as published.

    Args:
        dropout: before the classifier; evaluation multiplies by 1 - p.
    """

    def __init__(self, *, dropout: float = 0.2, num_classes: int = 1000, in_channels: int = 3) -> None:
        super().__init__(num_classes, in_channels)
        self.stem, channels = build(_STEM, in_channels)
        self.stages = nn.LayerList()
        self.feature_info = []
        for k, blocks in enumerate(_STAGES):
            layers = []
            for _, _, steps in blocks:
                layer, channels = build(steps, channels)
                layers.append(layer)
            self.stages.append(nn.Sequential(*layers))
            self.feature_info.append(FeatureInfo(f"stages.{k}", channels, 8 * 2**k))
        self.num_features = channels
        self.head = ClassifierHead(channels, num_classes, dropout)


def weight_names(model: InceptionV4) -> Iterator[Names]:
    """Yield the published names of every tensor; releases 2.0 and 2.1 agree."""
    yield from unit_names(_STEM, "stem", "", "_inception_stem")
    for i, blocks in enumerate(_STAGES):
        for j, (v2020, later, steps) in enumerate(blocks):
            yield from unit_names(steps, f"stages.{i}.{j}", v2020, later)
    yield from linear("head.fc", "final_fc_weights", "final_fc_offset", "out", "out")
