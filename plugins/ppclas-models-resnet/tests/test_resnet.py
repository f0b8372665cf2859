# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What sets ResNet_vc and ResNet_vd apart, and which parameters a learning-rate multiplier reaches."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

import ppclas_core as ppc
from ppclas_core.errors import UserError
from ppclas_core.nn.residual import ShortcutConv
from ppclas_core.plugins.models import find_model


def test_a_pooled_shortcut_sees_every_pixel_and_a_strided_one_a_quarter():
    image = paddle.ones([1, 1, 4, 4])
    image.stop_gradient = False
    for pooled, seen in ((True, 16), (False, 4)):
        ShortcutConv(1, 1, 2, pooled).eval()(image).sum().backward()
        assert np.count_nonzero(image.grad.numpy()) == seen
        image.clear_gradient()


def test_a_pooled_shortcut_averages_border_windows_over_what_they_hold():
    shortcut = ShortcutConv(1, 1, 2, pooled=True)
    pooled = shortcut.pool(paddle.ones([1, 1, 5, 5]))
    np.testing.assert_array_equal(pooled.numpy(), np.ones((1, 1, 3, 3), np.float32))


def test_lr_mult_list_reaches_the_stem_and_the_four_stages_with_their_batch_norms():
    model = ppc.create_model("ResNet18_vd", num_classes=3, lr_mult_list=[0.1, 0.2, 0.3, 0.4, 0.5])
    rates = {key: value.optimize_attr["learning_rate"] for key, value in model.named_parameters()}
    assert {rate for key, rate in rates.items() if key.startswith("stem.")} == {0.1}
    for stage, expected in enumerate((0.2, 0.3, 0.4, 0.5)):
        assert {rate for key, rate in rates.items() if key.startswith(f"stages.{stage}.")} == {expected}
    assert rates["stages.3.0.shortcut.bn.bias"] == 0.5
    assert rates["head.fc.weight"] == rates["head.fc.bias"] == 1.0


def test_four_multipliers_for_five_stages_are_refused():
    with pytest.raises(UserError, match="has 4 entries; ResNet18 has 5 stages"):
        ppc.create_model("ResNet18", lr_mult_list=[1, 1, 1, 1])


def test_feature_maps_serve_a_detector():
    model = ppc.create_model("ResNet18_vd", features_only=True, out_indices=(1, 3))
    model.eval()
    maps = model(paddle.zeros([1, 3, 64, 64]))
    assert (model.channels, model.strides) == ([128, 512], [8, 32])
    assert [list(value.shape) for value in maps] == [[1, 128, 8, 8], [1, 512, 2, 2]]


def test_a_fix_entry_is_the_same_architecture_at_another_size():
    entry, weights = find_model("Fix_ResNet50_vd_ssld_v2")
    assert entry.record.name == "ResNet50_vd"
    assert weights is not None
    assert (weights.input_size, weights.resize_short) == (320, 320)
