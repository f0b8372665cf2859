# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""SE_ResNet_vd: ResNet_vd with a squeeze-and-excitation gate at the end of each residual branch.

Source: Squeeze-and-excitation networks (2018); Bag of tricks for image classification with convolutional neural
networks (2019).
"""

from __future__ import annotations

from typing import Iterator

from paddle import nn

from ppclas_core.nn import ConvBN, SqueezeExcite, deep_stem
from ppclas_core.weights import Names, linear
from ppclas_models_resnext.backbone import ResidualBackbone
from ppclas_models_resnext.layout import OUTPUTS, SE_REDUCTION, block_name, bottleneck, deep_stem_names, release_conv


class SEResNet(ResidualBackbone):
    """SE_ResNet_vd: (N, in_channels, H, W) -> (N, num_classes) logits.

    Args:
        depth: 18 or 34 (blocks of two 3x3 convolutions), 50, 101, 152 or 200 (bottlenecks).
    """

    def __init__(self, *, depth: int, num_classes: int = 1000, in_channels: int = 3) -> None:
        super().__init__(depth, True, num_classes, in_channels)
        outputs = OUTPUTS if depth >= 50 else (64, 128, 256, 512)

        def body(channels: int, stage: int, stride: int) -> nn.Layer:
            width = 64 * 2**stage
            if depth >= 50:
                return bottleneck(channels, width, outputs[stage], stride, se=True)
            return nn.Sequential(
                ("conv1", ConvBN(channels, width, 3, stride)),
                ("conv2", ConvBN(width, width, 3, act=None)),
                ("se", SqueezeExcite(width, width // SE_REDUCTION, linear=True)),
            )

        self.build(deep_stem(in_channels), body, outputs=outputs)


def weight_names(model: SEResNet) -> Iterator[Names]:
    """Yield the published names of every tensor."""
    yield from deep_stem_names()
    convs = 3 if model.depth >= 50 else 2
    for i, stage in enumerate(model.stages):
        for j in range(len(stage)):
            name, ours, release = block_name(model.depth, i, j), f"stages.{i}.{j}", f"bb_{i}_{j}"
            for k in range(convs):
                branch = f"branch2{'abc'[k]}"
                yield from release_conv(f"{ours}.body.conv{k + 1}", f"res{name}_{branch}", f"{release}.conv{k}",
                                        f"bn{name}_{branch}")
            if j == 0:
                yield from release_conv(f"{ours}.shortcut", f"res{name}_branch1", f"{release}.short",
                                        f"bn{name}_branch1")
            yield from gate_names(f"{ours}.body.se", f"fc_res{name}", f"{release}.scale")
    yield from linear("head.fc", "fc6_weights", "fc6_offset", "out", "out")


def gate_names(ours: str, v2020: str, release: str) -> Iterator[Names]:
    """Yield the names of the two fully connected layers of a channel gate."""
    for layer, old, new in (("reduce", "sqz", "squeeze"), ("expand", "exc", "excitation")):
        yield from linear(f"{ours}.{layer}", f"{v2020}_{old}_weights", f"{v2020}_{old}_offset", f"{release}.{new}",
                          f"{release}.{new}")
