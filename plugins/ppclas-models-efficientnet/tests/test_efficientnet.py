# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Padding, scaling, stochastic depth and the overrides of a config."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

import ppclas_core as ppc
from ppclas_core.errors import UserError
from ppclas_models_efficientnet.efficientnet import BlockShape, MBConv, PaddedConvBN
from ppclas_models_efficientnet.settings import Settings


def unit(padding, kernel=3, stride=2):
    return PaddedConvBN(1, 1, kernel, Settings(), padding, stride)


@pytest.mark.parametrize(("padding", "sides"), [("SAME", (4, 5)), ("DYNAMIC", (4, 5)), ("VALID", (3, 4))])
def test_the_padding_decides_the_output_size(padding, sides):
    assert tuple(unit(padding)(paddle.randn([1, 1, side, side])).shape[2] for side in (8, 9)) == sides


def test_same_puts_the_odd_pixel_to_the_right_and_below():
    layer = unit("SAME")
    layer.conv.weight.set_value(np.ones([1, 1, 3, 3], np.float32))
    image = paddle.ones([1, 1, 4, 4])
    sums = layer.conv(image).numpy()[0, 0]
    np.testing.assert_array_equal(sums, [[9, 6], [6, 4]])
    symmetric = unit("DYNAMIC")
    symmetric.conv.weight.set_value(np.ones([1, 1, 3, 3], np.float32))
    np.testing.assert_array_equal(symmetric.conv(image).numpy()[0, 0], [[4, 6], [6, 9]])


def test_an_unpadded_block_crops_its_shortcut():
    block = MBConv(BlockShape(4, 4, 3, 1, 2), Settings(), "VALID", "avg", drop=0.0, index=0, first_of_row=True)
    block.project.bn.weight.set_value(np.zeros(4, np.float32))  # nothing but the shortcut is left
    image = paddle.randn([1, 4, 9, 9])
    np.testing.assert_allclose(block(image).numpy(), image[:, :, 1:-1, 1:-1].numpy(), atol=1e-6)


def test_an_image_too_small_for_no_padding_is_refused():
    model = ppc.create_model("EfficientNetB0", num_classes=3, padding_type="VALID")
    with pytest.raises(UserError, match="SAME or DYNAMIC"):
        model(paddle.randn([1, 3, 224, 224]))


def test_stochastic_depth_grows_with_depth_and_is_off_in_evaluation():
    model = ppc.create_model("EfficientNetB0", num_classes=3, override_params={"drop_connect_rate": 0.4})
    rates = [block.drop_path.p for stage in model.stages for block in stage]
    np.testing.assert_allclose(rates, [0.4 * k / 16 for k in range(16)])
    image = paddle.randn([2, 3, 64, 64])
    model.eval()
    np.testing.assert_array_equal(model(image).numpy(), model(image).numpy())


def test_dropout_leaves_the_evaluation_alone():
    model = ppc.create_model("EfficientNetB0", num_classes=3)
    model.eval()
    features = paddle.randn([1, 320, 2, 2])
    pooled = model.head(features, pre_logits=True)
    np.testing.assert_allclose(model.head(features).numpy(), model.head.fc(pooled).numpy(), rtol=1e-5, atol=1e-6)


def test_a_misspelt_override_names_the_nearest_one():
    with pytest.raises(UserError, match="Did you mean 'drop_connect_rate'"):
        ppc.create_model("EfficientNetB0", override_params={"drop_conect_rate": 0.1})


def test_overrides_written_as_text_are_numbers():
    model = ppc.create_model("EfficientNetB0", override_params={"batch_norm_epsilon": "1e-4", "dropout_rate": "1/2"})
    assert model.stem.bn._epsilon == 1e-4
    assert model.head.dropout.p == 0.5


def test_the_gates_of_lite_use_the_maximum():
    gates = {name: ppc.create_model(name).stages[0][0].se for name in ("EfficientNetB0", "EfficientNetLite0")}
    spot = np.zeros([1, 32, 4, 4], np.float32)
    spot[:, :, 0, 0] = 16.0
    even = np.ones([1, 32, 4, 4], np.float32)  # the same mean
    for name, same in (("EfficientNetB0", True), ("EfficientNetLite0", False)):
        outputs = [gates[name](paddle.to_tensor(image)).numpy() for image in (spot, even)]
        factors = [output[0, :, 0, 0] / image[0, :, 0, 0] for output, image in zip(outputs, (spot, even))]
        assert np.allclose(factors[0], factors[1], atol=1e-6) == same


def test_lite_scales_neither_its_ends_nor_their_repeats():
    model = ppc.create_model("EfficientNetLite2")
    assert (model.stem.conv.weight.shape[0], model.num_features) == (32, 1280)
    assert [len(stage) for stage in model.stages] == [1, 3, 3, 8, 6]


def test_the_small_network_has_no_gates_unless_asked():
    plain, gated = ppc.create_model("EfficientNetB0_small"), ppc.create_model("EfficientNetB0_small", use_se=True)
    assert not [key for key in plain.state_dict() if ".se." in key]
    assert set(gated.state_dict()) == set(ppc.create_model("EfficientNetB0").state_dict())
