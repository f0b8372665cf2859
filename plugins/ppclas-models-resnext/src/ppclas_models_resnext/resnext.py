# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""ResNeXt, ResNeXt_vd (three-convolution stem, pooled shortcuts) and the weakly supervised ResNeXt_wsl.

Source: Aggregated residual transformations for deep neural networks (2017); Exploring the limits of weakly supervised
pretraining (2018).
"""

from __future__ import annotations

from typing import Iterator

from paddle import nn

from ppclas_core.nn import deep_stem
from ppclas_core.weights import Names, linear
from ppclas_core.weights.torch_names import TorchName, residual_network
from ppclas_models_resnext.backbone import ResidualBackbone
from ppclas_models_resnext.layout import OUTPUTS, block_name, bottleneck, plain_stem, release_conv, stem_names


class ResNeXt(ResidualBackbone):
    """ResNeXt: (N, in_channels, H, W) -> (N, num_classes) logits.

    Args:
        depth: 50, 101 or 152.
        cardinality: groups of each 3x3 convolution.
        group_width: channels of a group in the first stage; they double with each stage.
        vd: three convolutions as stem, and pooled shortcuts.
    """

    def __init__(
        self,
        *,
        depth: int,
        cardinality: int,
        group_width: int,
        vd: bool = False,
        num_classes: int = 1000,
        in_channels: int = 3,
    ) -> None:
        super().__init__(depth, vd, num_classes, in_channels)

        def body(channels: int, stage: int, stride: int) -> nn.Layer:
            width = cardinality * group_width * 2**stage
            return bottleneck(channels, width, OUTPUTS[stage], stride, cardinality)

        self.build(deep_stem(in_channels) if vd else plain_stem(in_channels), body)


def weight_names(model: ResNeXt) -> Iterator[Names]:
    """Yield the published names of every tensor of a ResNeXt or ResNeXt_vd."""
    yield from stem_names(model.vd, "res_conv1", "conv")
    for i, stage in enumerate(model.stages):
        for j in range(len(stage)):
            name = block_name(model.depth, i, j)
            parts = [("body.conv1", "branch2a", "conv0"), ("body.conv2", "branch2b", "conv1"),
                     ("body.conv3", "branch2c", "conv2"), ("shortcut", "branch1", "short")]
            for ours, branch, release in parts[:3] if j else parts:
                yield from release_conv(f"stages.{i}.{j}.{ours}", f"res{name}_{branch}", f"bb_{i}_{j}.{release}",
                                        f"bn{name}_{branch}")
    yield from linear("head.fc", "fc_weights", "fc_offset", "out", "out")


_WSL_STATE = (("weight", "weight"), ("bias", "bias"), ("_mean", "running_mean"), ("_variance", "running_var"))


def wsl_weight_names(model: ResNeXt) -> Iterator[Names]:
    """Yield the published names of every tensor of a ResNeXt_wsl; in 2020 those of the PyTorch checkpoint."""
    yield from _wsl_conv("stem.0", "conv1", "bn1", "_conv_stem")
    for i, stage in enumerate(model.stages):
        for j in range(len(stage)):
            old, new = f"layer{i + 1}.{j}", f"_conv{i + 1}_{j}"
            for k in range(3):
                yield from _wsl_conv(f"stages.{i}.{j}.body.conv{k + 1}", f"{old}.conv{k + 1}", f"{old}.bn{k + 1}",
                                     f"{new}._conv{k}")
            if j == 0:
                yield from _wsl_conv(f"stages.{i}.{j}.shortcut", f"{old}.downsample.0", f"{old}.downsample.1",
                                     f"{new}._short._conv")
    yield from linear("head.fc", "fc.weight", "fc.bias", "_out", "_out")


def _wsl_conv(ours: str, conv2020: str, bn2020: str, release: str) -> Iterator[Names]:
    key = f"{release}._conv.weight"
    yield Names(f"{ours}.conv.weight", f"{conv2020}.weight", key, key)
    for tensor, old in _WSL_STATE:
        key = f"{release}._bn.{tensor}"
        yield Names(f"{ours}.bn.{tensor}", f"{bn2020}.{old}", key, key)


def torch_names(model: ResNeXt) -> Iterator[TorchName]:
    """Yield the names in torchvision, and for _vd in timm (`resnext50d_32x4d`)."""
    yield from residual_network(model, deep_stem=model.vd, pooled=model.vd)
