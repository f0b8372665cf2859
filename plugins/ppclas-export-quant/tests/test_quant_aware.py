# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Stories of QuantAware on the toy network."""

from __future__ import annotations

from typing import Any

import numpy as np
import paddle
import pytest

from ppclas_core.errors import UserError
from ppclas_core.testing.toy import ToyNet
from ppclas_export_quant.quant_aware import QuantAware, rounded


@pytest.fixture
def images() -> paddle.Tensor:
    return paddle.to_tensor(np.random.default_rng(0).standard_normal((4, 3, 32, 32)).astype(np.float32))


def test_rounding_has_so_many_steps_and_lets_the_gradient_through() -> None:
    x = paddle.to_tensor(np.linspace(-2, 2, 1001).astype(np.float32), stop_gradient=False)
    y = rounded(x, paddle.to_tensor(1.0), 4)
    assert len(np.unique(y.numpy().round(5))) == 15
    y.sum().backward()
    gradient = x.grad.numpy()
    assert (gradient[np.abs(x.numpy()) < 0.99] == 1).all()
    assert (gradient[np.abs(x.numpy()) > 1.01] == 0).all()


@pytest.mark.parametrize("activation", ["abs_max", "moving_average_abs_max"])
@pytest.mark.parametrize("weight", ["abs_max", "channel_wise_abs_max"])
def test_training_rounds_and_evaluation_does_not(images: paddle.Tensor, activation: Any, weight: Any) -> None:
    paddle.seed(0)
    model = ToyNet(num_classes=4)
    model.eval()
    before, keys = model(images).numpy(), list(model.state_dict())
    assert QuantAware(weight, activation, weight_bits=3).on_model_built(model, images[:1]) is model
    np.testing.assert_array_equal(model(images).numpy(), before)
    model.train()
    for layer in model.sublayers():
        if isinstance(layer, paddle.nn.BatchNorm2D):
            layer.eval()
    assert np.abs(model(images).numpy() - before).max() > 1e-4
    model.eval()
    np.testing.assert_array_equal(model(images).numpy(), before)
    assert list(model.state_dict()) == keys


@pytest.mark.parametrize(("bits", "least"), [(8, 0.95), (12, 0.999)])
def test_the_float_weights_get_nearly_the_gradient_of_float_training(
        images: paddle.Tensor, bits: int, least: float) -> None:
    target, gradients = paddle.to_tensor([0, 1, 2, 3]), []
    for aware in (False, True):
        paddle.seed(0)
        model = ToyNet(num_classes=4)
        if aware:
            QuantAware(weight_bits=bits, activation_bits=bits).on_model_built(model, images[:1])
        paddle.nn.functional.cross_entropy(model(images), target).backward()
        gradients.append(np.concatenate([value.grad.numpy().ravel() for value in model.parameters()
                                         if value.grad is not None]))
    plain, rounding = gradients
    assert len(plain) == len(rounding)
    assert np.abs(plain - rounding).max() > 0
    assert plain @ rounding / np.linalg.norm(plain) / np.linalg.norm(rounding) > least


def test_mistakes_are_named(images: paddle.Tensor) -> None:
    with pytest.raises(UserError, match="weight_bits is 1"):
        QuantAware(weight_bits=1)
    with pytest.raises(UserError, match="finds no layer"):
        QuantAware().on_model_built(lambda batch: batch, images)
