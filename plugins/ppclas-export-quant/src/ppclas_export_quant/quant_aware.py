# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Quantization-aware training: int8 rounding in the forward pass, straight-through gradients in the backward pass.

Source: Quantization and training of neural networks for efficient integer-arithmetic-only inference (2018).
"""

from __future__ import annotations

import collections
from typing import ClassVar, Deque, List, Literal, Optional, Tuple

import paddle
from paddle import nn

from ppclas_core.errors import UserError
from ppclas_core.training import Callback


class QuantAware(Callback):
    """Quantization-aware training: inputs and weights of convolutions and linear layers are rounded in training steps.

    Evaluation, checkpoints and exports use the float model. The scales have the names of PaddleSlim.

    Args:
        weight: scale of the weights: `channel_wise_abs_max`, one per output channel, or `abs_max`, one per layer.
        activation: scale of the inputs: `moving_average_abs_max` over the batches; `range_abs_max`, the maximum of the
            last `window_size` batches; or `abs_max` of each batch.
        weight_bits, activation_bits: number of bits, 2..16.
        moving_rate: weight of the old value in the moving average, in 0..1.
        window_size: number of batches of `range_abs_max`.
    """

    changes_layers: ClassVar[bool] = True

    def __init__(self, weight: Literal["channel_wise_abs_max", "abs_max"] = "channel_wise_abs_max",
                 activation: Literal["moving_average_abs_max", "range_abs_max", "abs_max"] = "moving_average_abs_max",
                 weight_bits: int = 8, activation_bits: int = 8, moving_rate: float = 0.9,
                 window_size: int = 10000) -> None:
        for name, bits in (("weight_bits", weight_bits), ("activation_bits", activation_bits)):
            if not 2 <= bits <= 16:
                raise UserError(f"QuantAware: {name} is {bits}; it must be in 2..16")
        if not 0 <= moving_rate < 1:
            raise UserError(f"QuantAware: moving_rate is {moving_rate}; it must be at least 0 and below 1")
        for name, value, default, needed in (("moving_rate", moving_rate, 0.9, "moving_average_abs_max"),
                                           ("window_size", window_size, 10000, "range_abs_max")):
            if value != default and activation != needed:
                raise UserError(f"QuantAware: {name} has no effect with activation: {activation}",
                                do=f"remove it, or set activation: {needed}")
        if window_size < 1:
            raise UserError(f"QuantAware: window_size is {window_size}; it must be at least 1")
        self._per_channel = weight == "channel_wise_abs_max"
        self._weight_bits = weight_bits
        self._activation_bits = activation_bits
        self._activation = activation
        self._rate = moving_rate
        self._window = window_size

    def on_model_built(self, model: nn.Layer, example: paddle.Tensor) -> nn.Layer:
        """Register the hooks of the convolutions and linear layers, and return the model.

        Raises:
            UserError: an earlier callback has replaced the model, or it has no convolution or linear layer.
        """
        layers = [layer for layer in model.sublayers() if isinstance(layer, (nn.Conv2D, nn.Linear))] if isinstance(
            model, nn.Layer) else []
        if not layers:
            raise UserError("QuantAware finds no layer to quantize", do="list it first under callbacks")
        for layer in layers:
            layer.register_forward_pre_hook(_PreHook(self._per_channel, self._weight_bits, self._activation_bits,
                                                    self._scale()))
            layer.register_forward_post_hook(_restore_weight)
        return model

    def _scale(self) -> _Scale:
        if self._activation == "moving_average_abs_max":
            return _MovingAverage(self._rate)
        return _Maximum(self._window if self._activation == "range_abs_max" else 1)


class _Scale:
    """Function of the largest absolute value of a batch that returns the scale for rounding."""

    def __call__(self, largest: paddle.Tensor) -> paddle.Tensor:
        raise NotImplementedError


class _MovingAverage(_Scale):
    """Exponential moving average over the batches."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._average: Optional[paddle.Tensor] = None

    def __call__(self, largest: paddle.Tensor) -> paddle.Tensor:
        before = self._average
        self._average = largest if before is None else self._rate * before + (1 - self._rate) * largest
        return self._average


class _Maximum(_Scale):
    """Maximum over the last `window` batches, including the current one."""

    def __init__(self, window: int) -> None:
        self._last: Deque[float] = collections.deque(maxlen=window)

    def __call__(self, largest: paddle.Tensor) -> paddle.Tensor:
        self._last.append(largest.item())
        return paddle.to_tensor(max(self._last), dtype=largest.dtype)


class _PreHook:
    """Forward pre-hook of one layer, which rounds its input and its weights in training."""

    def __init__(self, per_channel: bool, weight_bits: int, activation_bits: int, scale: _Scale) -> None:
        self._per_channel = per_channel
        self._weight_bits = weight_bits
        self._activation_bits = activation_bits
        self._scale = scale

    def __call__(self, layer: nn.Layer, inputs: Tuple[paddle.Tensor, ...]) -> Tuple[paddle.Tensor, ...]:
        if not layer.training:
            return inputs
        weight = dict(layer.named_parameters(include_sublayers=False))["weight"]
        # the rounded tensor hides the parameter in the forward pass; the parameter is the one that is trained and saved
        layer.__dict__["weight"] = rounded(weight, self._weight_scale(layer, weight), self._weight_bits)
        scale = self._scale(inputs[0].detach().abs().max())
        return (rounded(inputs[0], scale, self._activation_bits), *inputs[1:])

    def _weight_scale(self, layer: nn.Layer, weight: paddle.Tensor) -> paddle.Tensor:
        if not self._per_channel:
            return weight.detach().abs().max()
        axes: List[int] = [0] if isinstance(layer, nn.Linear) else list(range(1, weight.ndim))  # linear: (in, out)
        return weight.detach().abs().max(axis=axes, keepdim=True)


def _restore_weight(layer: nn.Layer, inputs: Tuple[paddle.Tensor, ...], output: paddle.Tensor) -> paddle.Tensor:
    """Remove the rounded weight after the forward pass (a forward post-hook)."""
    layer.__dict__.pop("weight", None)
    return output


def rounded(x: paddle.Tensor, scale: paddle.Tensor, bits: int) -> paddle.Tensor:
    """Round `x` as signed integers of `bits` bits with maximum `scale`; inside, gradients pass straight through."""
    levels = 2 ** (bits - 1) - 1
    step = paddle.clip(scale, min=1e-9) / levels
    bound = step * (levels * 1.00001)  # slightly more, so that the largest value has a gradient
    within = paddle.maximum(paddle.minimum(x, bound), -bound)
    return within + (paddle.round(within / step) * step - within).detach()
