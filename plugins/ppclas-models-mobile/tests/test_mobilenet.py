# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What is special in the MobileNet families."""

from __future__ import annotations

import re

import numpy as np
import paddle
import pytest

from ppclas_core.models.create import create_model


@pytest.mark.parametrize(
    ("name", "stage_of_block"),
    [("MobileNetV3_large_x1_0", [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]),
     ("MobileNetV3_small_x1_0", [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4])],
)
def test_lr_multipliers_count_blocks_and_leave_out_batch_norms(name: str, stage_of_block: list[int]) -> None:
    multipliers = [0.1, 0.2, 0.3, 0.4, 0.5]
    model = create_model(name, num_classes=3, lr_mult_list=multipliers)
    found = {key: value.optimize_attr["learning_rate"] for key, value in model.named_parameters()}
    blocks = [f"stages.{i}.{j}." for i, stage in enumerate(model.stages) for j in range(len(stage))]
    assert len(blocks) == len(stage_of_block)
    for block, stage in zip(blocks, stage_of_block):
        assert {found[key] for key in found if key.startswith(block) and ".bn." not in key} == {multipliers[stage]}
    assert found["stem.conv.weight"] == 0.1
    assert found["head.conv.conv.weight"] == 0.5
    assert {found[key] for key in found if re.search(r"\.bn\.|head\.fc|head\.wide", key)} == {1.0}


def test_dropout_of_v3_scales_in_evaluation_and_can_be_switched_off() -> None:
    with_dropout = create_model("MobileNetV3_small_x0_35", num_classes=5)
    without = create_model("MobileNetV3_small_x0_35", num_classes=5, dropout=0.0)
    without.set_state_dict(with_dropout.state_dict())
    image = paddle.to_tensor(np.random.default_rng(1).standard_normal((1, 3, 64, 64)).astype("float32"))
    with_dropout.eval()
    without.eval()
    bias = with_dropout.head.fc.bias
    np.testing.assert_allclose(
        (with_dropout(image) - bias).numpy(), 0.8 * (without(image) - bias).numpy(), rtol=1e-4, atol=1e-6
    )


@pytest.mark.parametrize("name", ["MobileNetV1_x0_25", "MobileNetV2_x0_25", "MobileNetV3_small_x0_35"])
def test_feature_maps_have_the_channels_and_strides_that_they_announce(name: str) -> None:
    extractor = create_model(name, features_only=True)
    extractor.eval()
    maps = extractor(paddle.zeros([1, 3, 64, 64]))
    assert [tuple(item.shape[1:]) for item in maps] == [
        (channels, 64 // stride, 64 // stride) for channels, stride in zip(extractor.channels, extractor.strides)
    ]


@pytest.mark.parametrize("name", ["MobileNetV1_x0_25", "MobileNetV2_x0_25", "MobileNetV3_small_x0_35"])
def test_grey_images_and_few_classes_train(name: str) -> None:
    model = create_model(name, num_classes=4, in_channels=1)
    logits = model(paddle.zeros([2, 1, 32, 32]))
    assert logits.shape == [2, 4]
    logits.sum().backward()
    assert all(value.grad is not None for value in model.parameters() if not value.stop_gradient)
    model.reset_classifier(7)
    assert model(paddle.zeros([2, 1, 32, 32])).shape == [2, 7]


def test_a_last_layer_of_v2_is_widened_but_never_narrowed() -> None:
    assert create_model("MobileNetV2_x0_25", num_classes=2).num_features == 1280
    assert create_model("MobileNetV2_x1_5", num_classes=2).num_features == 1920

