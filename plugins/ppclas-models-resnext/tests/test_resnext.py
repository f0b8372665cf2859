# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What sets the families of this distribution apart from ResNet."""

from __future__ import annotations

import numpy as np
import paddle
import pytest
from paddle import nn

import ppclas_core as ppc
from ppclas_core.models.preprocessing import model_preprocessing
from ppclas_core.nn import Residual
from ppclas_core.plugins.models import find_model
from ppclas_models_resnext.layout import bottleneck
from ppclas_models_resnext.res2net import ScaleChain


def bare_chain(stride: int) -> ScaleChain:
    """Three slices of two channels without the 1x1 convolutions around them."""
    chain = ScaleChain(6, 2, 3, 6, stride)
    chain.conv1, chain.conv3 = nn.Identity(), nn.Identity()
    chain.eval()
    return chain


@pytest.mark.parametrize(("stride", "reached"), [(1, [0, 1, 2, 3]), (2, [2, 3])])
def test_a_slice_hears_its_forerunner_unless_the_chain_is_strided(stride, reached):
    image = paddle.rand([1, 6, 4, 4]) + 1.0
    image.stop_gradient = False
    chain = bare_chain(stride)
    for conv in chain.slices:
        conv.conv.weight.set_value(paddle.full_like(conv.conv.weight, 0.1))
    chain(image)[:, 2:4].sum().backward()
    felt = np.abs(image.grad.numpy()).sum(axis=(0, 2, 3))
    assert np.flatnonzero(felt).tolist() == reached


def test_the_last_slice_passes_as_it_is_or_averaged_over_the_pixels_that_exist():
    ones = paddle.ones([1, 6, 5, 5])
    np.testing.assert_array_equal(bare_chain(1)(ones)[:, 4:].numpy(), np.ones((1, 2, 5, 5), np.float32))
    np.testing.assert_array_equal(bare_chain(2)(ones)[:, 4:].numpy(), np.ones((1, 2, 3, 3), np.float32))


def test_a_closed_gate_leaves_the_shortcut_alone():
    block = Residual(bottleneck(32, 8, 32, stride=1, groups=4, se=True))
    block.body.se.expand.bias.set_value(paddle.full([32], -200.0))
    image = paddle.rand([2, 32, 5, 5])
    np.testing.assert_array_equal(block(image).numpy(), image.numpy())


@pytest.mark.parametrize(("name", "factor"), [("SE_ResNeXt50_32x4d", 0.5), ("SE_ResNeXt50_vd_32x4d", 1.0)])
def test_dropout_scales_the_evaluation_as_in_the_published_training(name, factor):
    model = ppc.create_model(name, num_classes=4)
    model.eval()
    image = paddle.randn([1, 3, 32, 32])
    with paddle.no_grad():
        pooled = model.forward_head(model.forward_features(image), pre_logits=True)
        expected = factor * pooled.matmul(model.head.fc.weight) + model.head.fc.bias
        np.testing.assert_allclose(model(image).numpy(), expected.numpy(), rtol=1e-4, atol=1e-5)


def test_the_fix_architecture_is_evaluated_at_320_pixels_without_a_margin():
    entry, weights = find_model("Fix_ResNeXt101_32x48d_wsl")
    preprocessing = model_preprocessing(entry.record, weights)
    assert (preprocessing["input_size"], preprocessing["resize_short"]) == (320, 320)


@pytest.mark.parametrize("name", ["ResNeXt50_32x4d", "SE_ResNet18_vd", "SE_ResNeXt50_vd_32x4d", "Res2Net50_14w_8s"])
def test_lr_mult_list_has_five_stages_in_every_family(name):
    model = ppc.create_model(name, num_classes=3, lr_mult_list=[0.1, 0.2, 0.3, 0.4, 0.5])
    rates = {key: value.optimize_attr["learning_rate"] for key, value in model.named_parameters()}
    kept = {key for key, rate in rates.items() if rate == 1.0}
    assert kept == {"head.fc.weight", "head.fc.bias"}
    assert {rate for key, rate in rates.items() if key.startswith("stem.")} == {0.1}
    assert {rate for key, rate in rates.items() if key.startswith("stages.3.")} == {0.5}
