# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""SE_ResNeXt, SE_ResNeXt_vd and SENet154_vd: grouped bottlenecks with a squeeze-and-excitation gate.

Source: Squeeze-and-excitation networks (2018).
"""

from __future__ import annotations

from typing import Iterator

from paddle import nn

from ppclas_core.nn import deep_stem
from ppclas_core.weights import Names, linear
from ppclas_models_resnext.backbone import ResidualBackbone
from ppclas_models_resnext.layout import OUTPUTS, bottleneck, plain_stem, release_conv
from ppclas_models_resnext.se_resnet import gate_names


class SEResNeXt(ResidualBackbone):
    """SE_ResNeXt: (N, in_channels, H, W) -> (N, num_classes) logits.

    Args:
        depth: 50, 101 or 152.
        cardinality: groups of each 3x3 convolution.
        width: channels of the 3x3 convolutions of the first stage; they double with each stage.
        vd: three convolutions as stem, and pooled shortcuts. Depth 152 has that stem in any case.
        dropout: before the classifier, in the mode of 2020 (see `ClassifierHead`).
    """

    def __init__(
        self,
        *,
        depth: int,
        cardinality: int,
        width: int,
        vd: bool = False,
        dropout: float = 0.0,
        num_classes: int = 1000,
        in_channels: int = 3,
    ) -> None:
        super().__init__(depth, vd, num_classes, in_channels)
        self.deep = vd or depth == 152

        def body(channels: int, stage: int, stride: int) -> nn.Layer:
            return bottleneck(channels, width * 2**stage, OUTPUTS[stage], stride, cardinality, se=True)

        stem = deep_stem(in_channels, 64) if self.deep else plain_stem(in_channels)
        self.build(stem, body, width=128 if self.deep else 64, dropout=dropout)


def weight_names(model: SEResNeXt) -> Iterator[Names]:
    """Yield the published names of every tensor; depth 152 numbers stages from 4: its stem counts as three."""
    for k in range(3 if model.deep else 1):
        if model.vd:
            v2020 = release = f"conv1_{k + 1}"
        elif model.deep:
            v2020 = release = f"conv{k + 1}"
        else:
            v2020, release = "conv1", "conv"
        yield from release_conv(f"stem.{k}", v2020, release)
    first = 4 if model.depth == 152 else 2
    for i, stage in enumerate(model.stages):
        for j in range(len(stage)):
            name, ours, release = f"{first + i}_{j + 1}", f"stages.{i}.{j}", f"bb_{i}_{j}"
            for k in range(3):
                yield from release_conv(f"{ours}.body.conv{k + 1}", f"conv{name}_x{k + 1}", f"{release}.conv{k}")
            if j == 0:
                yield from release_conv(f"{ours}.shortcut", f"conv{name}_prj", f"{release}.short")
            yield from gate_names(f"{ours}.body.se", f"fc{name}", f"{release}.scale")
    yield from linear("head.fc", "fc6_weights", "fc6_offset", "out", "out")
