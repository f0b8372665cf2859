# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`sync_bn`: batch norms that see the batch of all processes, so that several train as one does.

On GPUs Paddle's own layer is used; it has no CPU kernel, so there the statistics are exchanged here.
"""

from __future__ import annotations

from typing import Any, Optional, Tuple

import paddle
from paddle import nn
from paddle.autograd import PyLayer


def synchronise(model: nn.Layer, device: str) -> int:
    """Make the batch norms of a model, those that are not frozen, share their statistics; gives their number."""
    layers = [layer for layer in model.sublayers(include_self=True)
              if type(layer) is nn.BatchNorm2D and not layer._use_global_stats]
    if device.startswith("gpu"):
        nn.SyncBatchNorm.convert_sync_batchnorm(model)
    else:
        for layer in layers:
            layer.__class__ = SyncedBatchNorm2D  # its parameters, buffers and place in the model stay as they are
    return len(layers)


class SyncedBatchNorm2D(nn.BatchNorm2D):
    """Batch norm over (N, C, H, W) of all processes; in evaluation mode as usual."""

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """(N, C, H, W) float32 -> the same shape; N may differ between processes."""
        if not self.training:
            return super().forward(x)
        value, mean, variance = _Normalised.apply(x, self.weight, self.bias, self._epsilon)
        with paddle.no_grad():
            for running, now in ((self._mean, mean), (self._variance, variance)):
                running.set_value(running * self._momentum + now.detach() * (1.0 - self._momentum))
        return value


class _Normalised(PyLayer):
    """Scaled and shifted values, with mean and variance over all processes.

    Sums over many values lose digits in float32, and the differences of them in the backward pass lose more: a gradient
    would be off by 10 times as much as that of Paddle's own layer. Here rows are summed in float32, then in float64.
    """

    @staticmethod
    def forward(context: Any, x: paddle.Tensor, weight: paddle.Tensor, bias: paddle.Tensor,
                epsilon: float) -> Tuple[paddle.Tensor, paddle.Tensor, paddle.Tensor]:
        """Return (N, C, H, W) values, and the mean and variance (C,) float32 of all processes."""
        count = paddle.full([1], x.size / x.shape[1], "float64")
        sums = _summed(paddle.concat([_per_channel(x), count]))
        total = sums[-1:]
        mean = (sums[:-1] / total).astype("float32")
        centred = x - _broad(mean)
        variance = _summed(_per_channel(centred * centred)) / total
        inverse = (variance + epsilon).rsqrt()
        context.save_for_backward(centred, weight, inverse, total)
        context.wanted = [not tensor.stop_gradient for tensor in (x, weight, bias)]
        value = centred * _broad(weight * inverse.astype("float32")) + _broad(bias)
        return value, mean, variance.astype("float32")

    @staticmethod
    def backward(context: Any, gradient: paddle.Tensor, *_: Any) -> Tuple[Optional[paddle.Tensor], ...]:
        """Return the gradients of x, which is in the mean of every process, and of weight and bias of this process."""
        centred, weight, inverse, total = context.saved_tensor()
        own = paddle.concat([_per_channel(gradient), _per_channel(gradient * centred)])
        shift, scale = paddle.split(_summed(own) / total, 2)
        slope = (scale * inverse * inverse).astype("float32")
        inner = gradient - _broad(shift.astype("float32")) - centred * _broad(slope)
        own_shift, own_scale = paddle.split(own, 2)
        found = (inner * _broad(weight * inverse.astype("float32")), (own_scale * inverse).astype("float32"),
                 own_shift.astype("float32"))
        return tuple(value if wanted else None for value, wanted in zip(found, context.wanted))


def _per_channel(values: paddle.Tensor) -> paddle.Tensor:
    """(N, C, H, W) float32 -> (C,) float64 sums."""
    return values.sum(axis=3).astype("float64").sum(axis=[0, 2])


def _broad(values: paddle.Tensor) -> paddle.Tensor:
    """(C,) -> (1, C, 1, 1)."""
    return values.reshape([1, -1, 1, 1])


def _summed(value: paddle.Tensor) -> paddle.Tensor:
    """Return the sum over processes."""
    total = value.detach().clone()
    paddle.distributed.all_reduce(total)
    return total
