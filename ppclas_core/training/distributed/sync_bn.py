# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Synchronized batch norm: the config key `sync_bn`. Batch norms use the statistics of the batch of all processes.

On GPUs the layer of Paddle is used. It has no CPU kernel, so on CPUs `SyncedBatchNorm2D` exchanges the statistics.
"""

from __future__ import annotations

from typing import List, Optional, Protocol, Tuple

import paddle
from paddle import nn
from paddle.autograd import PyLayer


def synchronize(model: nn.Layer, device: str) -> int:
    """Synchronize the batch norms of a model that are not frozen; return their number."""
    layers = [layer for layer in model.sublayers(include_self=True)
              if type(layer) is nn.BatchNorm2D and not layer._use_global_stats]  # noqa: SLF001  no public name
    if device.startswith("gpu"):
        nn.SyncBatchNorm.convert_sync_batchnorm(model)
    else:
        for layer in layers:
            layer.__class__ = SyncedBatchNorm2D  # parameters, buffers and names in the model are unchanged
    return len(layers)


class SyncedBatchNorm2D(nn.BatchNorm2D):
    """Batch norm over the (N, C, H, W) of all processes; in evaluation mode as `BatchNorm2D`."""

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Return the normalized values of (N, C, H, W) float32; N may differ between processes."""
        if not self.training:
            return super().forward(x)
        value, mean, variance = _Normalized.apply(x, self.weight, self.bias, self._epsilon)
        with paddle.no_grad():
            for running, now in ((self._mean, mean), (self._variance, variance)):
                running.set_value(running * self._momentum + now.detach() * (1.0 - self._momentum))
        return value


class _Context(Protocol):
    """Values that the forward pass keeps for the backward pass; the context of a `PyLayer`."""

    wanted: List[bool]

    def save_for_backward(self, *tensors: paddle.Tensor) -> None:
        """Keep tensors."""

    def saved_tensor(self) -> Tuple[paddle.Tensor, ...]:
        """Return the kept tensors."""


class _Normalized(PyLayer):
    """Normalization with the mean and variance over all processes, then scale and shift.

    Float32 sums over many values lose digits, and their differences in the backward pass lose more: the error of a
    gradient would be 10 times that of Paddle's own layer. So rows are summed in float32, then all in float64.
    """

    @staticmethod
    def forward(context: _Context, x: paddle.Tensor, weight: paddle.Tensor, bias: paddle.Tensor,
                epsilon: float) -> Tuple[paddle.Tensor, paddle.Tensor, paddle.Tensor]:
        """Return values (N, C, H, W), and mean and variance (C,) float32 over all processes."""
        count = paddle.full([1], x.size / x.shape[1], "float64")
        sums = _summed(paddle.concat([_per_channel(x), count]))
        total = sums[-1:]
        mean = (sums[:-1] / total).astype("float32")
        centered = x - _broad(mean)
        variance = _summed(_per_channel(centered * centered)) / total
        inverse = (variance + epsilon).rsqrt()
        context.save_for_backward(centered, weight, inverse, total)
        context.wanted = [not tensor.stop_gradient for tensor in (x, weight, bias)]
        value = centered * _broad(weight * inverse.astype("float32")) + _broad(bias)
        return value, mean, variance.astype("float32")

    @staticmethod
    def backward(context: _Context, gradient: paddle.Tensor, *_: paddle.Tensor) -> Tuple[Optional[paddle.Tensor], ...]:
        """Return the gradients of x, also through the statistics of all processes, and of this weight and bias."""
        centered, weight, inverse, total = context.saved_tensor()
        own = paddle.concat([_per_channel(gradient), _per_channel(gradient * centered)])
        shift, scale = paddle.split(_summed(own) / total, 2)
        slope = (scale * inverse * inverse).astype("float32")
        inner = gradient - _broad(shift.astype("float32")) - centered * _broad(slope)
        own_shift, own_scale = paddle.split(own, 2)
        found = (inner * _broad(weight * inverse.astype("float32")), (own_scale * inverse).astype("float32"),
                 own_shift.astype("float32"))
        return tuple(value if wanted else None for value, wanted in zip(found, context.wanted))


def _per_channel(values: paddle.Tensor) -> paddle.Tensor:
    """Return the sums (C,) float64 of values (N, C, H, W) float32."""
    return values.sum(axis=3).astype("float64").sum(axis=[0, 2])


def _broad(values: paddle.Tensor) -> paddle.Tensor:
    """Return values (C,) in the shape (1, C, 1, 1)."""
    return values.reshape([1, -1, 1, 1])


def _summed(value: paddle.Tensor) -> paddle.Tensor:
    """Return the sum over processes."""
    total = value.detach().clone()
    paddle.distributed.all_reduce(total)
    return total
