# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""ResNet, and its variants _vc (three-convolution stem) and _vd (that stem, and pooled shortcuts).

Source: Deep residual learning for image recognition (2016); Bag of tricks for image classification with
convolutional neural networks (2019). The stride of a bottleneck is on its 3x3 convolution, not on the first 1x1.
"""

from __future__ import annotations

from typing import Callable, Iterator, List

from paddle import nn

from ppclas_core.nn import RESIDUAL_BLOCKS, Backbone, ClassifierHead, ConvBN, FeatureInfo, deep_stem, residual_stages
from ppclas_core.weights import Names, conv_bn, linear
from ppclas_core.weights.torch_names import TorchName, residual_network


class ResNet(Backbone):
    """ResNet: (N, in_channels, H, W) -> (N, num_classes) logits.

    Args:
        depth: a key of `RESIDUAL_BLOCKS`; 18 and 34 have blocks of two 3x3 convolutions, the others bottlenecks.
        deep_stem: three 3x3 convolutions instead of one 7x7.
        pool_shortcut: average pooling before the 1x1 convolution of a strided shortcut.
    """

    def __init__(
        self,
        *,
        depth: int,
        deep_stem: bool = False,
        pool_shortcut: bool = False,
        num_classes: int = 1000,
        in_channels: int = 3,
    ) -> None:
        super().__init__(num_classes, in_channels)
        self.depth = depth
        self.deep_stem = deep_stem
        self.pool_shortcut = pool_shortcut
        self.stem = _stem(in_channels, deep_stem)
        self.stages = resnet_stages(depth, pool_shortcut=pool_shortcut)
        self.feature_info = stage_info(depth)
        self.num_features = self.feature_info[-1].channels
        self.head = ClassifierHead(self.num_features, num_classes)


def _stem(in_channels: int, deep: bool) -> nn.Sequential:
    if deep:
        return deep_stem(in_channels)
    return nn.Sequential(ConvBN(in_channels, 64, 7, 2), nn.MaxPool2D(3, 2, 1))


def expansion(depth: int) -> int:
    """Return the ratio of a block's output channels to its width: 1 for basic blocks, 4 for bottlenecks."""
    return 1 if depth < 50 else 4


def stage_info(depth: int) -> List[FeatureInfo]:
    """Return the descriptions of the four feature maps of a network of this depth."""
    return [FeatureInfo(f"stages.{i}", 64 * 2**i * expansion(depth), 4 * 2**i) for i in range(4)]


def resnet_stages(depth: int, *, pool_shortcut: bool = False, conv: Callable[..., nn.Layer] = ConvBN) -> nn.LayerList:
    """Build the four stages, of 64 to 512 channels (x 4 with bottlenecks).

    Args:
        depth: a key of `RESIDUAL_BLOCKS`.
        pool_shortcut: average pooling before the 1x1 convolution of a strided shortcut.
        conv: constructor of the convolutions larger than 1x1, with the signature of `ConvBN`.
    """
    outputs = [64 * 2**i * expansion(depth) for i in range(4)]

    def body(channels: int, stage: int, stride: int) -> nn.Layer:
        width = 64 * 2**stage
        if expansion(depth) == 1:
            return nn.Sequential(
                ("conv1", conv(channels, width, 3, stride)),
                ("conv2", conv(width, width, 3, act=None)),
            )
        return nn.Sequential(
            ("conv1", ConvBN(channels, width, 1)),
            ("conv2", conv(width, width, 3, stride)),
            ("conv3", ConvBN(width, outputs[stage], 1, act=None)),
        )

    return residual_stages(64, RESIDUAL_BLOCKS[depth], outputs, body, pool_shortcut)


def block_name(depth: int, stage: int, number: int) -> str:
    """Return the name of a block in 2020: letters (`3a`), or numbers (`4b7`) in the third stage from depth 101 on."""
    if depth > 100 and stage == 2:
        return f"{stage + 2}{'a' if number == 0 else f'b{number}'}"
    return f"{stage + 2}{chr(ord('a') + number)}"


def weight_names(model: ResNet) -> Iterator[Names]:
    """Yield the published names of every tensor. Release 2.1 renamed ResNet and ResNet_vd, but not ResNet_vc."""
    renamed = model.pool_shortcut or not model.deep_stem
    style = "conv bn" if renamed else "_conv _batch_norm"
    for k in range(3 if model.deep_stem else 1):
        v2020, v2_0 = (f"conv1_{k + 1}", f"conv1_{k + 1}") if model.deep_stem else ("conv1", "conv")
        bn = f"bnv1_{k + 1}" if model.deep_stem else "bn_conv1"
        v2_1 = f"stem.{k}" if renamed else v2_0
        yield from conv_bn(f"stem.{k}", v2020, v2_0, v2_1, bn2020=bn, style_2_1=style)
    count = 0
    for i, stage in enumerate(model.stages):
        for j, block in enumerate(stage):
            name = block_name(model.depth, i, j)
            v2_0 = f"bb_{i}_{j}" if model.deep_stem else f"res{name}"
            v2_1 = f"blocks.{count}" if renamed else v2_0
            parts = [(f"body.conv{k + 1}", f"branch2{'abc'[k]}", f"conv{k}") for k in range(len(block.body))]
            for ours, branch, new in parts + ([("shortcut", "branch1", "short")] if j == 0 else []):
                yield from conv_bn(f"stages.{i}.{j}.{ours}", f"res{name}_{branch}", f"{v2_0}.{new}", f"{v2_1}.{new}",
                                   bn2020=f"bn{name}_{branch}", style_2_1=style)
            count += 1
    yield from linear("head.fc", "fc_0.w_0", "fc_0.b_0", "out", "fc" if renamed else "out")


def torch_names(model: ResNet) -> Iterator[TorchName]:
    """Yield the names in torchvision, and for the variants in timm (`resnet50c`, `resnet50d`)."""
    yield from residual_network(model, deep_stem=model.deep_stem, pooled=model.pool_shortcut)
