# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Counters of the parameters and FLOPs of a model.

A FLOP count is 2 x the multiply-adds of convolutions and fully connected layers for one image; biases, norms,
activations and pooling are not counted.
"""

from __future__ import annotations

from typing import Tuple

import paddle
from paddle import nn


def count_flops(model: nn.Layer, input_size: int) -> int:
    """Return the FLOPs of all `nn.Conv2D` and `nn.Linear` calls for one image of `input_size` x `input_size` pixels.

    The model runs in evaluation mode; its previous mode is restored.
    """
    total = 0  # multiply-adds x 2

    def count(layer: nn.Layer, inputs: Tuple[paddle.Tensor, ...], output: paddle.Tensor) -> None:
        nonlocal total
        values = 1
        for length in output.shape[1:]:
            values *= length
        terms = layer.weight.shape[0]  # a fully connected weight is (in, out)
        if isinstance(layer, nn.Conv2D):
            terms = layer.weight.shape[1] * layer.weight.shape[2] * layer.weight.shape[3]
        total += 2 * values * terms

    layers = [layer for layer in model.sublayers() if isinstance(layer, (nn.Conv2D, nn.Linear))]
    hooks = [layer.register_forward_post_hook(count) for layer in layers]
    training = model.training
    model.eval()
    try:
        with paddle.no_grad():
            model(paddle.zeros([1, model.in_channels, input_size, input_size]))
    finally:
        for hook in hooks:
            hook.remove()
        if training:
            model.train()
    return total


def count_params(model: nn.Layer) -> int:
    """Return the number of trainable parameter values."""
    return sum(parameter.size for parameter in model.parameters() if not parameter.stop_gradient)
