# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Declaration of a family's parameter names in the three published naming schemes.

A family's `weight_names(model)` yields `Names`; the helpers below yield those of common layers.
"""

from __future__ import annotations

from typing import Iterator, NamedTuple, Optional


class Names(NamedTuple):
    """Names of one tensor: our key, its legacy variable name, its key in release 2.0, and its key since 2.1."""

    ours: str
    v2020: str
    v2_0: str
    v2_1: str


_BN = (("weight", "scale"), ("bias", "offset"), ("_mean", "mean"), ("_variance", "variance"))


def conv(ours: str, v2020: str, v2_0: str, v2_1: str, *, bias: bool = False) -> Iterator[Names]:
    """Yield the names of a convolution: `<ours>.weight`, `<v2020>_weights`; its bias is `<v2020>_offset`."""
    yield Names(f"{ours}.weight", f"{v2020}_weights", f"{v2_0}.weight", f"{v2_1}.weight")
    if bias:
        yield Names(f"{ours}.bias", f"{v2020}_offset", f"{v2_0}.bias", f"{v2_1}.bias")


def linear(ours: str, v2020_weight: str, v2020_bias: str, v2_0: str, v2_1: str) -> Iterator[Names]:
    """Yield the names of a linear layer; the variable names are given in full (`fc_0.w_0`, `fc_0.b_0`)."""
    yield Names(f"{ours}.weight", v2020_weight, f"{v2_0}.weight", f"{v2_1}.weight")
    yield Names(f"{ours}.bias", v2020_bias, f"{v2_0}.bias", f"{v2_1}.bias")


def batch_norm(ours: str, v2020: str, v2_0: str, v2_1: str) -> Iterator[Names]:
    """Yield the names of a batch norm; its variables are `<v2020>_scale`, `_offset`, `_mean`, `_variance`."""
    for key, old in _BN:
        yield Names(f"{ours}.{key}", f"{v2020}_{old}", f"{v2_0}.{key}", f"{v2_1}.{key}")


def conv_bn(
    ours: str,
    v2020: str,
    v2_0: str,
    v2_1: str,
    *,
    bn2020: Optional[str] = None,
    style_2_0: str = "_conv _batch_norm",
    style_2_1: str = "conv bn",
) -> Iterator[Names]:
    """Yield the names of a `ConvBN`: convolution and batch norm below one prefix.

    Args:
        ours: our prefix.
        v2020: legacy variable prefix of the convolution.
        v2_0: prefix in release 2.0.
        v2_1: prefix since release 2.1.
        bn2020: legacy variable prefix of the batch norm; default `<v2020>_bn`.
        style_2_0: names of convolution and batch norm in release 2.0, separated by a space.
        style_2_1: the same since release 2.1.
    """
    conv_2_0, bn_2_0 = style_2_0.split()
    conv_2_1, bn_2_1 = style_2_1.split()
    yield from conv(f"{ours}.conv", v2020, f"{v2_0}.{conv_2_0}", f"{v2_1}.{conv_2_1}")
    yield from batch_norm(f"{ours}.bn", bn2020 or f"{v2020}_bn", f"{v2_0}.{bn_2_0}", f"{v2_1}.{bn_2_1}")
