# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Declaration of a family's tensor names in torchvision and timm.

A family's module may have `torch_names(model)`, which yields `TorchName`. It may yield several names for one tensor,
as torchvision and timm differ; the first one in the file is used. A family whose graph differs from that of the
libraries raises a UserError that names the difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, NamedTuple

if TYPE_CHECKING:
    from paddle import nn

__all__ = ["TorchName", "batch_norm", "conv_bn", "identity_conv_bn", "layer", "residual_network"]


class TorchName(NamedTuple):
    """One tensor of our model and the source of its values.

    Args:
        ours: our key.
        theirs: key in the state dict; "" for a constant.
        scale: factor on the values, e.g. 2 where our dropout halves in evaluation and theirs does not.
        constant: `identity` (a 1x1 convolution that changes nothing), `one` or `zero`, for layers that only we have.
    """

    ours: str
    theirs: str
    scale: float = 1.0
    constant: str = ""


_BN = (("weight", "weight"), ("bias", "bias"), ("_mean", "running_mean"), ("_variance", "running_var"))


def layer(ours: str, theirs: str, *, bias: bool = True, scale: float = 1.0) -> Iterator[TorchName]:
    """Yield the names of a convolution or linear layer; `scale` applies to its weight."""
    yield TorchName(f"{ours}.weight", f"{theirs}.weight", scale)
    if bias:
        yield TorchName(f"{ours}.bias", f"{theirs}.bias")


def conv_bn(ours: str, conv: str, bn: str) -> Iterator[TorchName]:
    """Yield the names of a `ConvBN`, whose convolution and batch norm have separate names in the file."""
    yield from layer(f"{ours}.conv", conv, bias=False)
    yield from batch_norm(f"{ours}.bn", bn)


def batch_norm(ours: str, theirs: str) -> Iterator[TorchName]:
    """Yield the names of a batch norm."""
    for key, other in _BN:
        yield TorchName(f"{ours}.{key}", f"{theirs}.{other}")


def identity_conv_bn(ours: str, epsilon: float = 1e-5) -> Iterator[TorchName]:
    """Yield constants that make a 1x1 `ConvBN` an identity, before its activation; the file lacks such a layer.

    Args:
        ours: our prefix of the layer.
        epsilon: epsilon of its batch norm.
    """
    yield TorchName(f"{ours}.conv.weight", "", constant="identity")
    yield TorchName(f"{ours}.bn.weight", "", (1.0 + epsilon) ** 0.5, "one")
    yield TorchName(f"{ours}.bn.bias", "", constant="zero")
    yield TorchName(f"{ours}.bn._mean", "", constant="zero")
    yield TorchName(f"{ours}.bn._variance", "", constant="one")


def residual_network(model: nn.Layer, *, deep_stem: bool = False, pooled: bool = False) -> Iterator[TorchName]:
    """Yield the names that both libraries use in a network made with `ppclas_core.nn.residual_stages`.

    In these libraries the first block of the first stage has no shortcut convolution if it keeps the channels.

    Args:
        model: the network.
        deep_stem: the stem has three convolutions.
        pooled: shortcuts have an average pooling before their convolution.
    """
    deep = [("conv1.0", "conv1.1"), ("conv1.3", "conv1.4"), ("conv1.6", "bn1")]
    for k, (conv, bn) in enumerate(deep if deep_stem else [("conv1", "bn1")]):
        yield from conv_bn(f"stem.{k}", conv, bn)
    for i, stage in enumerate(model.stages):
        for j, block in enumerate(stage):
            ours, theirs = f"stages.{i}.{j}", f"layer{i + 1}.{j}"
            for k in range(1, len(block.body) + 1):
                yield from conv_bn(f"{ours}.body.conv{k}", f"{theirs}.conv{k}", f"{theirs}.bn{k}")
            if j == 0:
                out, channels = block.shortcut.conv.weight.shape[:2]
                if i == 0 and out == channels:
                    yield from identity_conv_bn(f"{ours}.shortcut")
                else:
                    index = 1 if pooled else 0
                    yield from conv_bn(f"{ours}.shortcut", f"{theirs}.downsample.{index}",
                                       f"{theirs}.downsample.{index + 1}")
    yield from layer("head.fc", "fc")
