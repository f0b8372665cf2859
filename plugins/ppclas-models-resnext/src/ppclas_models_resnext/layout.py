# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Shared parts of the families of this distribution: bottlenecks, stems, and rules of the published names."""

from __future__ import annotations

from typing import Iterator, List, Optional, Sequence

from paddle import nn

from ppclas_core.nn import ConvBN, FeatureInfo, SqueezeExcite
from ppclas_core.weights import Names, conv_bn

OUTPUTS = (256, 512, 1024, 2048)
"""Output channels of each stage of bottlenecks."""

SE_REDUCTION = 16


def bottleneck(channels: int, width: int, out: int, stride: int, groups: int = 1, se: bool = False) -> nn.Sequential:
    """Build a bottleneck: 1x1, grouped and strided 3x3, 1x1 without activation, and with `se` a channel gate.

    (N, channels, H, W) -> (N, out, ceil(H / stride), ceil(W / stride)).
    """
    layers = [
        ("conv1", ConvBN(channels, width, 1)),
        ("conv2", ConvBN(width, width, 3, stride, groups)),
        ("conv3", ConvBN(width, out, 1, act=None)),
    ]
    if se:
        layers.append(("se", SqueezeExcite(out, out // SE_REDUCTION, linear=True)))
    return nn.Sequential(*layers)


def plain_stem(in_channels: int) -> nn.Sequential:
    """Build a stem: a 7x7 convolution of stride 2, then 3x3 max pooling of stride 2."""
    return nn.Sequential(ConvBN(in_channels, 64, 7, 2), nn.MaxPool2D(3, 2, 1))


def stage_info(outputs: Sequence[int] = OUTPUTS) -> List[FeatureInfo]:
    """Return the descriptions of the four feature maps."""
    return [FeatureInfo(f"stages.{i}", out, 4 * 2**i) for i, out in enumerate(outputs)]


def block_name(depth: int, stage: int, number: int) -> str:
    """Return the name of a block in 2020: letters (`3a`), or numbers (`4b7`) in the third stage from depth 101 on."""
    if depth > 100 and stage == 2:
        return f"{stage + 2}{'a' if number == 0 else f'b{number}'}"
    return f"{stage + 2}{chr(ord('a') + number)}"


def release_conv(ours: str, v2020: str, release: str, bn2020: Optional[str] = None) -> Iterator[Names]:
    """Yield the names of a `ConvBN` whose key is the same in the releases 2.0 and 2.1."""
    yield from conv_bn(ours, v2020, release, release, bn2020=bn2020, style_2_1="_conv _batch_norm")


def stem_names(vd: bool, v2020: str, release: str) -> Iterator[Names]:
    """Yield the names of the three convolutions of a `vd` stem, or of the one that is called `v2020` or `release`."""
    if vd:
        yield from deep_stem_names()
    else:
        yield from release_conv("stem.0", v2020, release, "bn_conv1")


def deep_stem_names() -> Iterator[Names]:
    """Yield the names of a stem of three convolutions, as most of the families call it."""
    for k in range(3):
        yield from release_conv(f"stem.{k}", f"conv1_{k + 1}", f"conv1_{k + 1}", f"bnv1_{k + 1}")
