# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""ResNet_ACNet: each convolution larger than 1x1 is trained as three and deployed as one.

Source: ACNet: strengthening the kernel skeletons for powerful CNN via asymmetric convolution blocks (2019).
"""

from __future__ import annotations

from typing import Iterator, Optional, Tuple

import paddle
from paddle import nn

from ppclas_core.errors import UserError
from ppclas_core.nn import Backbone, ClassifierHead, ConvBN, activation
from ppclas_core.weights import Names, conv_bn, linear
from ppclas_models_resnet.resnet import block_name, resnet_stages, stage_info

_EPSILON = 1e-5
"""Epsilon of the batch norms, the default of `ConvBN`."""
_BRANCHES = (("square", "acsquare"), ("horizontal", "achor"), ("vertical", "acver"))


class AsymmetricConvBN(nn.Layer):
    """`act(square(x) + horizontal(x) + vertical(x))`: k x k, 1 x k and k x 1 convolutions, each with batch norm.

    The parameters are those of `ConvBN`.
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, act: Optional[str] = "relu"
    ) -> None:
        super().__init__()
        self.square = ConvBN(in_channels, out_channels, kernel_size, stride, act=None)
        self.horizontal = ConvBN(in_channels, out_channels, (1, kernel_size), stride, act=None)
        self.vertical = ConvBN(in_channels, out_channels, (kernel_size, 1), stride, act=None)
        self.act = activation(act)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, out_channels, H', W')."""
        return self.act(self.square(x) + self.horizontal(x) + self.vertical(x))

    def fused(self) -> Tuple[paddle.Tensor, paddle.Tensor]:
        """Return weight (out, in, k, k) and bias (out,) of the single convolution with the same evaluation output."""
        weight, bias = _fold_norm(self.square)
        middle = weight.shape[-1] // 2
        for branch in (self.horizontal, self.vertical):
            kernel, shift = _fold_norm(branch)
            rows, columns = kernel.shape[2:]
            top, left = (middle, 0) if rows == 1 else (0, middle)
            pad = [left, weight.shape[3] - columns - left, top, weight.shape[2] - rows - top]
            weight = weight + nn.functional.pad(kernel, pad)
            bias = bias + shift
        return weight, bias


class FusedConv(nn.Layer):
    """`act(conv(x))` with a bias: the deployment form of `AsymmetricConvBN`, with the same parameters."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, act: Optional[str] = "relu"
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2D(in_channels, out_channels, kernel_size, stride, (kernel_size - 1) // 2)
        self.act = activation(act)

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Map (N, in_channels, H, W) to (N, out_channels, H', W')."""
        return self.act(self.conv(x))


class ResNetACNet(Backbone):
    """ResNet_ACNet: (N, in_channels, H, W) -> (N, num_classes) logits.

    Args:
        depth: a key of `ppclas_core.nn.RESIDUAL_BLOCKS`.
        deploy: build the deployment form with single convolutions, as `fuse` returns it.
    """

    def __init__(self, *, depth: int, deploy: bool = False, num_classes: int = 1000, in_channels: int = 3) -> None:
        super().__init__(num_classes, in_channels)
        self.depth = depth
        self.deploy = deploy
        conv = FusedConv if deploy else AsymmetricConvBN
        self.stem = nn.Sequential(conv(in_channels, 64, 7, 2), nn.MaxPool2D(3, 2, 1))
        self.stages = resnet_stages(depth, conv=conv)
        self.feature_info = stage_info(depth)
        self.num_features = self.feature_info[-1].channels
        self.head = ClassifierHead(self.num_features, num_classes)


def fuse(model: ResNetACNet) -> ResNetACNet:
    """Return the deployment form of a trained model, in evaluation mode, with the same evaluation outputs.

    The model itself is not changed.

    Raises:
        UserError: the model is not a ResNet_ACNet, or it is fused already.
    """
    if not isinstance(model, ResNetACNet) or model.deploy:
        what = "is fused already" if isinstance(model, ResNetACNet) else f"is a {type(model).__name__}"
        raise UserError(f"only the training form of a ResNet_ACNet can be fused; this model {what}",
                        do="pass a model such as create_model('ResNet50_ACNet')")
    deployed = ResNetACNet(depth=model.depth, deploy=True, num_classes=model.num_classes, in_channels=model.in_channels)
    kept = deployed.state_dict()
    state = {key: value for key, value in model.state_dict().items() if key in kept}
    for key, layer in model.named_sublayers():
        if isinstance(layer, AsymmetricConvBN):
            state[f"{key}.conv.weight"], state[f"{key}.conv.bias"] = layer.fused()
    deployed.set_state_dict(state)
    deployed.eval()
    return deployed


def _fold_norm(layer: ConvBN) -> Tuple[paddle.Tensor, paddle.Tensor]:
    """Fold a batch norm into its convolution; return weight and bias with the same evaluation output."""
    norm = layer.bn
    state = norm.state_dict()
    with paddle.no_grad():
        scale = norm.weight / paddle.sqrt(state["_variance"] + _EPSILON)
        return layer.conv.weight * scale.reshape([-1, 1, 1, 1]), norm.bias - state["_mean"] * scale


def weight_names(model: ResNetACNet) -> Iterator[Names]:
    """Yield the names of 2020 of every tensor; no later release has this family, so its keys there follow ResNet."""
    yield from _conv_names(model, "stem.0", "conv1", "bn_conv1", "conv", "stem.0")
    count = 0
    for i, stage in enumerate(model.stages):
        for j, block in enumerate(stage):
            name = block_name(model.depth, i, j)
            for k, layer in enumerate(block.body):
                ours, old, v2_0 = f"stages.{i}.{j}.body.conv{k + 1}", f"{name}_branch2{'abc'[k]}", f"res{name}.conv{k}"
                v2_1 = f"blocks.{count}.conv{k}"
                if isinstance(layer, ConvBN):
                    yield from conv_bn(ours, f"res{old}", v2_0, v2_1, bn2020=f"bn{old}")
                else:
                    yield from _conv_names(model, ours, f"res{old}", f"bn{old}", v2_0, v2_1)
            if j == 0:
                yield from conv_bn(f"stages.{i}.{j}.shortcut", f"res{name}_branch1", f"res{name}.short",
                                   f"blocks.{count}.short", bn2020=f"bn{name}_branch1")
            count += 1
    yield from linear("head.fc", "fc_0.w_0", "fc_0.b_0", "out", "fc")


def _conv_names(model: ResNetACNet, ours: str, v2020: str, bn2020: str, v2_0: str, v2_1: str) -> Iterator[Names]:
    if model.deploy:
        for tensor, old in (("weight", "weights"), ("bias", "bias")):
            yield Names(f"{ours}.conv.{tensor}", f"{v2020}_acsquare_{old}", f"{v2_0}._conv.{tensor}",
                        f"{v2_1}.conv.{tensor}")
        return
    for branch, old in _BRANCHES:
        yield from conv_bn(f"{ours}.{branch}", f"{v2020}_{old}", f"{v2_0}.{old}", f"{v2_1}.{old}",
                           bn2020=f"{bn2020}_{old}")
