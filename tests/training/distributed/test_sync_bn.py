# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Batch norms that share their statistics are as exact as Paddle's own, against float64."""

from __future__ import annotations

import numpy as np
import paddle
import pytest
from paddle import nn

from ppclas_core.training.distributed import sync_bn

EPSILON = 1e-5


@pytest.fixture(autouse=True)
def one_process(monkeypatch):
    """The sum over processes is that of this one; two of them are in test_launch."""
    monkeypatch.setattr(sync_bn, "_summed", lambda value: value.detach().clone())


def exact(x, dy, weight):
    """Values, gradients of x, weight and bias, mean and variance in float64."""
    x, dy, weight = (array.astype(np.float64) for array in (x, dy, weight))
    axes = (0, 2, 3)
    mean, variance = x.mean(axes), x.var(axes)
    inverse = (1 / np.sqrt(variance + EPSILON)).reshape(1, -1, 1, 1)
    normal = (x - mean.reshape(1, -1, 1, 1)) * inverse
    weight = weight.reshape(1, -1, 1, 1)
    dx = weight * inverse * (dy - dy.mean(axes, keepdims=True) - normal * (dy * normal).mean(axes, keepdims=True))
    return normal * weight, dx, (dy * normal).sum(axes), dy.sum(axes)


def computed(x, dy, weight, *, synced):
    layer = nn.BatchNorm2D(x.shape[1], epsilon=EPSILON)
    layer.weight.set_value(weight)
    if synced:
        layer.__class__ = sync_bn.SyncedBatchNorm2D
    images = paddle.to_tensor(x, stop_gradient=False)
    value = layer(images)
    value.backward(paddle.to_tensor(dy))
    statistics = np.stack([layer._mean.numpy(), layer._variance.numpy()])
    return (value.numpy(), images.grad.numpy(), layer.weight.grad.numpy(), layer.bias.grad.numpy()), statistics


@pytest.mark.parametrize(("shape", "mean", "shift"), [((8, 8, 56, 56), 0.0, 0.0), ((8, 8, 56, 56), 3.0, 0.1),
                                                      ((4, 8, 7, 7), 3.0, 0.1), ((2, 3, 1, 1), 1.0, 0.0)])
def test_values_and_gradients_are_as_exact_as_those_of_the_layer_of_paddle(shape, mean, shift):
    """A mean in the gradient cancels in the backward pass: sums in float32 would be off by 10 to 20 times as much."""
    rng = np.random.default_rng(0)
    x = (rng.normal(size=shape) + mean).astype(np.float32)
    dy = (rng.normal(size=shape) * 0.01 + shift).astype(np.float32)
    weight = rng.normal(size=shape[1]).astype(np.float32)
    wanted = exact(x, dy, weight)
    (plain, plain_statistics), (synced, statistics) = (computed(x, dy, weight, synced=kind) for kind in (False, True))
    for name, right, theirs, ours in zip(("value", "x", "weight", "bias"), wanted, plain, synced):
        error, reference = (np.linalg.norm(array - right) / np.linalg.norm(right) for array in (ours, theirs))
        assert error <= 2 * reference + 1e-6, name
    np.testing.assert_allclose(statistics, plain_statistics, rtol=1e-5, atol=1e-6)


def test_what_is_frozen_gets_no_gradient():
    layer = nn.BatchNorm2D(3)
    layer.__class__ = sync_bn.SyncedBatchNorm2D
    layer.weight.stop_gradient = True
    images = paddle.randn([4, 3, 5, 5])
    images.stop_gradient = False
    (layer(images) ** 3).sum().backward()
    assert layer.weight.grad is None
    assert layer.bias.grad is not None
    assert np.abs(images.grad.numpy()).max() > 0
    fixed = paddle.randn([4, 3, 5, 5])  # the first layer behind a frozen stem
    layer.clear_gradients()
    layer(fixed).sum().backward()
    np.testing.assert_allclose(layer.bias.grad.numpy(), 100.0, rtol=1e-6)
