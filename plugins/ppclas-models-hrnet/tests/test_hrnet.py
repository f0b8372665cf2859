# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Branches side by side, and the enlargement that joins them."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

import ppclas_core as ppc
from ppclas_models_hrnet.upsample import nearest_indices, upsample


@pytest.mark.parametrize("length", [1, 2, 7, 14, 28])
def test_doubling_is_the_same_in_every_nearest_method(length):
    assert nearest_indices(length, 2 * length) == [k // 2 for k in range(2 * length)]


def test_four_times_is_not_the_usual_nearest():
    indices = nearest_indices(7, 28)
    assert indices != [k // 4 for k in range(28)]
    assert (indices[0], indices[-1]) == (0, 6)
    assert indices == [6 - k for k in reversed(indices)]  # the same from either end


def test_upsampling_repeats_pixels_in_rows_and_columns():
    image = paddle.arange(6, dtype="float32").reshape([1, 1, 2, 3])
    large = upsample(image, (8, 12)).numpy()[0, 0]
    rows, columns = nearest_indices(2, 8), nearest_indices(3, 12)
    np.testing.assert_array_equal(large, image.numpy()[0, 0][rows][:, columns])
    doubled = upsample(image, (4, 6)).numpy()[0, 0]
    np.testing.assert_array_equal(doubled, image.numpy()[0, 0].repeat(2, 0).repeat(2, 1))


def test_a_detector_gets_the_four_branches_of_the_last_stage():
    model = ppc.create_model("HRNet_W18_C", features_only=True)
    model.eval()
    assert (model.channels, model.strides) == ([18, 36, 72, 144], [4, 8, 16, 32])
    shapes = [list(feature.shape) for feature in model(paddle.randn([1, 3, 64, 64]))]
    assert shapes == [[1, 18, 16, 16], [1, 36, 8, 8], [1, 72, 4, 4], [1, 144, 2, 2]]


def test_se_adds_gates_and_nothing_else():
    plain = set(ppc.create_model("HRNet_W18_C").state_dict())
    gated = set(ppc.create_model("SE_HRNet_W18_C").state_dict())
    assert plain < gated
    assert all(".se." in key for key in gated - plain)
