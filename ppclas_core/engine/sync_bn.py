# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`sync_bn`: batch norms that see the batch of all processes, so that several train as one does.

On GPUs Paddle's own layer is used; it has no CPU kernel, so there the statistics are exchanged here.
"""

from __future__ import annotations

from typing import Any

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
        count = paddle.full([1], x.size / x.shape[1], "float32")
        sums = _SumOfAll.apply(paddle.concat([x.sum(axis=[0, 2, 3]), count]))
        mean = (sums[:-1] / sums[-1]).reshape([1, -1, 1, 1])
        centred = x - mean
        variance = _SumOfAll.apply((centred * centred).sum(axis=[0, 2, 3])) / sums[-1].detach()
        with paddle.no_grad():
            for running, now in ((self._mean, mean.flatten()), (self._variance, variance)):
                running.set_value(running * self._momentum + now.detach() * (1.0 - self._momentum))
        scale = (self.weight * (variance + self._epsilon).rsqrt()).reshape([1, -1, 1, 1])
        return centred * scale + self.bias.reshape([1, -1, 1, 1])


class _SumOfAll(PyLayer):
    """Sum over processes, whose gradient is again the sum over processes: each used the result in its own loss."""

    @staticmethod
    def forward(context: Any, value: paddle.Tensor) -> paddle.Tensor:
        """(N,) -> (N,)."""
        return _summed(value)

    @staticmethod
    def backward(context: Any, gradient: paddle.Tensor) -> paddle.Tensor:
        """(N,) -> (N,)."""
        return _summed(gradient)


def _summed(value: paddle.Tensor) -> paddle.Tensor:
    total = value.detach().clone()
    paddle.distributed.all_reduce(total)
    return total
