# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What is special in the networks without batch norm: AlexNet, VGG, SqueezeNet."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from ppclas_core.models.create import create_model
from ppclas_models_classic.hidden_head import HiddenHead
from ppclas_models_classic.squeezenet import ConvHead


def noise(*shape: int) -> paddle.Tensor:
    return paddle.to_tensor(np.random.default_rng(0).standard_normal(shape).astype("float32"))


@pytest.mark.parametrize("dropout_first", [True, False])
def test_hidden_layers_are_halved_in_evaluation(dropout_first: bool) -> None:
    head = HiddenHead(4, 2, 3, dropout=0.5, dropout_first=dropout_first)
    plain = HiddenHead(4, 2, 3, dropout=0.0, dropout_first=dropout_first)
    for layer in (head.fc6, head.fc7, head.fc):  # without biases the network is homogeneous: two halvings are a quarter
        layer.bias.set_value(paddle.zeros_like(layer.bias))
    plain.set_state_dict(head.state_dict())
    head.eval()
    plain.eval()
    x = noise(2, 4, 2, 2)
    np.testing.assert_allclose(head(x).numpy(), 0.25 * plain(x).numpy(), rtol=1e-4, atol=1e-6)


def test_a_larger_image_is_averaged_to_the_size_of_the_hidden_layers() -> None:
    head = HiddenHead(4, 2, 3, dropout=0.5, dropout_first=True)
    head.eval()
    small = noise(1, 4, 2, 2)
    large = paddle.repeat_interleave(paddle.repeat_interleave(small, 3, axis=2), 3, axis=3)
    np.testing.assert_allclose(head(large).numpy(), head(small).numpy(), rtol=1e-4, atol=1e-6)


def test_convolutions_of_vgg_have_no_bias_and_those_of_alexnet_do() -> None:
    vgg = create_model("VGG11", num_classes=2)
    alexnet = create_model("AlexNet", num_classes=2)
    assert {layer.bias is None for layer in vgg.sublayers() if isinstance(layer, paddle.nn.Conv2D)} == {True}
    assert {layer.bias is None for layer in alexnet.sublayers() if isinstance(layer, paddle.nn.Conv2D)} == {False}


def test_logits_of_squeezenet_are_never_negative_and_its_classifier_is_a_convolution() -> None:
    model = create_model("SqueezeNet1_1", num_classes=5)
    model.reset_classifier(9)
    model.eval()
    logits = model(noise(2, 3, 64, 64))
    assert logits.shape == [2, 9]
    assert logits.min().item() >= 0.0
    assert model.state_dict()["head.conv.weight"].shape == [9, 512, 1, 1]


def test_the_head_of_squeezenet_halves_its_input_in_evaluation() -> None:
    head = ConvHead(6, 3, dropout=0.5)
    head.eval()
    x = noise(1, 6, 2, 2)
    expected = paddle.nn.functional.relu(head.conv(0.5 * x)).mean(axis=[2, 3])
    np.testing.assert_allclose(head(x).numpy(), expected.numpy(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(head(x, pre_logits=True).numpy(), x.mean(axis=[2, 3]).numpy(), rtol=1e-5, atol=1e-6)
