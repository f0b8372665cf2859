# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Activation layers by name."""

from __future__ import annotations

from typing import Callable, Dict, Optional

from paddle import nn

_LAYERS: Dict[str, Callable[[], nn.Layer]] = {
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "leaky_relu": lambda: nn.LeakyReLU(0.1),
    "hard_swish": nn.Hardswish,  # x * relu6(x + 3) / 6
    "swish": nn.Swish,
    "sigmoid": nn.Sigmoid,
}


def activation(name: Optional[str]) -> nn.Layer:
    """Return the activation layer of a name; None gives the identity.

    Raises:
        KeyError: the name is unknown.
    """
    return nn.Identity() if name is None else _LAYERS[name]()
