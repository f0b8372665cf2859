# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""How the two Xceptions differ."""

from __future__ import annotations

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
