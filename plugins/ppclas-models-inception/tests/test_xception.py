# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""How the two Xceptions differ."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

import ppclas_core as ppc


@pytest.mark.parametrize(("name", "eps", "momentum"), [("Xception41", 1e-5, 0.9), ("Xception41_deeplab", 1e-3, 0.99)])
def test_deeplab_normalises_with_other_constants(name, eps, momentum):
    model = ppc.create_model(name)
    norms = [layer for layer in model.sublayers() if isinstance(layer, paddle.nn.BatchNorm2D)]
    assert {(norm._epsilon, norm._momentum) for norm in norms} == {(eps, momentum)}


def test_deeplab_halves_five_times_without_pooling():
    model = ppc.create_model("Xception41_deeplab", features_only=True)
    assert not any(isinstance(layer, paddle.nn.MaxPool2D) for layer in model.sublayers())
    model.eval()
    shapes = [list(feature.shape) for feature in model(paddle.randn([1, 3, 64, 64]))]
    assert shapes == [[1, 128, 16, 16], [1, 256, 8, 8], [1, 728, 4, 4], [1, 2048, 2, 2]]


def test_the_entry_flow_of_71_has_two_blocks_that_keep_the_resolution():
    strides = {}
    for name in ("Xception65", "Xception71"):
        model = ppc.create_model(name)
        strides[name] = [block.short._stride[0] for stage in model.stages for block in stage if hasattr(block, "short")]
    assert strides == {"Xception65": [2, 2, 2, 2], "Xception71": [2, 1, 2, 1, 2, 2]}


def test_only_the_last_block_of_deeplab_is_dilated():
    model = ppc.create_model("Xception41_deeplab")
    depthwise = [unit.depthwise.conv for stage in model.stages for block in stage for unit in block.units]
    assert [conv._dilation[0] for conv in depthwise] == [1] * (len(depthwise) - 3) + [2] * 3


def test_deeplab_drops_pixels_of_the_feature_map_in_training():
    model = ppc.create_model("Xception41_deeplab", num_classes=3)
    features = paddle.ones([1, 2048, 8, 8])
    assert float(np.std(model.head.dropout(features).numpy()[0, 0])) > 0
    model.eval()
    pooled = model.head(features, pre_logits=True)
    np.testing.assert_allclose(model.head(features).numpy(), model.head.fc(0.5 * pooled).numpy(), rtol=1e-4, atol=1e-6)
