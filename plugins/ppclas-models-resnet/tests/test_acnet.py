# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Fusing a trained ResNet_ACNet into single convolutions changes its size, not its outputs."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

import ppclas_core as ppc
from ppclas_core.errors import UserError
from ppclas_models_resnet.acnet import AsymmetricConvBN, FusedConv, fuse


def unlike_any_other(model: paddle.nn.Layer) -> None:
    """Statistics, scales and shifts that differ from channel to channel, as after training."""
    rng = np.random.default_rng(5)
    state = model.state_dict()
    for key, value in state.items():
        if "bn." in key:
            noise = rng.standard_normal(value.shape)
            state[key] = paddle.to_tensor((1 + 0.2 * np.abs(noise)).astype(np.float32))
            if key.endswith(("bias", "_mean")):
                state[key] = paddle.to_tensor((0.2 * noise).astype(np.float32))
    model.set_state_dict(state)


@pytest.mark.parametrize(("kernel", "stride", "side"), [(3, 1, 8), (3, 2, 9), (7, 2, 16)])
def test_one_convolution_does_what_three_did(kernel, stride, side):
    three = AsymmetricConvBN(4, 6, kernel, stride)
    unlike_any_other(three)
    three.eval()
    one = FusedConv(4, 6, kernel, stride)
    weight, bias = three.fused()
    one.set_state_dict({"conv.weight": weight, "conv.bias": bias})
    image = paddle.randn([2, 4, side, side])
    np.testing.assert_allclose(one(image).numpy(), three(image).numpy(), rtol=1e-4, atol=1e-5)


def test_a_fused_network_gives_the_same_logits_with_fewer_parameters():
    model = ppc.create_model("ResNet18_ACNet", num_classes=5, in_channels=1)
    unlike_any_other(model)
    model.eval()
    deployed = fuse(model)
    image = paddle.randn([2, 1, 64, 64])
    with paddle.no_grad():
        before, after = model(image).numpy(), deployed(image).numpy()
    assert np.abs(before - after).max() / before.std(axis=1).min() < 1e-3
    assert set(deployed.state_dict()) == set(ppc.create_model("ResNet18_ACNet", deploy=True).state_dict())
    assert sum(p.size for p in deployed.parameters()) < 0.7 * sum(p.size for p in model.parameters())


def test_only_the_training_form_can_be_fused():
    with pytest.raises(UserError, match="this model is a ResNet\n"):
        fuse(ppc.create_model("ResNet18"))
    with pytest.raises(UserError, match="this model is fused already"):
        fuse(ppc.create_model("ResNet18_ACNet", deploy=True))
