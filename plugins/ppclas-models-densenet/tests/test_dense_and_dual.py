# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What DenseNet keeps, and what DPN adds and appends."""

from __future__ import annotations

import numpy as np
import paddle

import ppclas_core as ppc
from ppclas_models_densenet.densenet import DenseLayer
from ppclas_models_densenet.dpn import DualPathBlock


def test_a_dense_layer_keeps_its_input_and_appends():
    layer = DenseLayer(6, growth=4, expansion=2, dropout=0.0)
    image = paddle.randn([2, 6, 5, 5])
    output = layer(image)
    assert list(output.shape) == [2, 10, 5, 5]
    np.testing.assert_array_equal(output[:, :6].numpy(), image.numpy())


def test_a_dual_path_block_keeps_what_was_appended_and_adds_to_the_rest():
    block = DualPathBlock(12, inner=8, residual=6, growth=2, groups=2, stride=1, project=False)
    image = paddle.randn([2, 12, 5, 5])
    output = block(image).numpy()
    assert output.shape == (2, 14, 5, 5)
    np.testing.assert_array_equal(output[:, 6:12], image[:, 6:].numpy())
    assert not np.allclose(output[:, :6], image[:, :6].numpy())


def test_feature_maps_are_taken_before_the_transition_that_halves_them():
    model = ppc.create_model("DenseNet121", features_only=True, out_indices=[0, 1])
    model.eval()
    assert model.channels == [256, 512]
    shapes = [list(feature.shape) for feature in model(paddle.randn([1, 3, 64, 64]))]
    assert shapes == [[1, 256, 16, 16], [1, 512, 8, 8]]


def test_dropout_in_a_dense_layer_touches_the_new_channels_only():
    paddle.seed(3)
    model = ppc.create_model("DenseNet121", dropout=0.5)
    layer = model.stages[0][0]
    image = paddle.randn([2, 64, 6, 6])
    output = layer(image).numpy()
    np.testing.assert_array_equal(output[:, :64], image.numpy())
    assert 0.3 < (output[:, 64:] == 0).mean() < 0.7
