# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What is special in ShuffleNetV2 and GhostNet."""

from __future__ import annotations

import numpy as np
import paddle

from ppclas_core.models.create import create_model
from ppclas_models_mobile.ghostnet import GhostConv
from ppclas_models_mobile.shufflenet_v2 import Unit


def noise(*shape: int) -> paddle.Tensor:
    return paddle.to_tensor(np.random.default_rng(0).standard_normal(shape).astype("float32"))


def test_a_unit_of_stride_1_passes_half_of_the_channels_on_untouched() -> None:
    unit = Unit(8, "relu")
    unit.eval()
    image = noise(1, 8, 5, 5)
    np.testing.assert_array_equal(unit(image)[:, 0::2].numpy(), image[:, :4].numpy())


def test_the_second_half_of_a_ghost_convolution_is_made_from_the_first() -> None:
    layer = GhostConv(6, 8, None)
    layer.eval()
    output = layer(noise(1, 6, 5, 5))
    np.testing.assert_allclose(layer.cheap(output[:, :4]).numpy(), output[:, 4:].numpy(), rtol=1e-5, atol=1e-6)


def test_swish_lets_negative_values_through_and_has_the_same_weights() -> None:
    relu = create_model("ShuffleNetV2_x0_5", num_classes=3)
    swish = create_model("ShuffleNetV2_x0_5_swish", num_classes=3)
    missing, unexpected = swish.set_state_dict(relu.state_dict())
    assert not missing
    assert not unexpected
    relu.eval()
    swish.eval()
    image = noise(1, 3, 64, 64)
    assert relu.forward_features(image).min().item() >= 0.0
    assert swish.forward_features(image).min().item() < 0.0


def test_batch_norms_of_ghostnet_are_exempt_from_weight_decay() -> None:
    model = create_model("GhostNet_x0_5", num_classes=3)
    norms = [layer for layer in model.sublayers() if isinstance(layer, paddle.nn.BatchNorm2D)]
    assert {value.regularizer._coeff for norm in norms for value in (norm.weight, norm.bias)} == {0.0}
    assert model.stem.conv.weight.regularizer is None


def test_feature_maps_reach_from_stride_8_to_32_in_shufflenet() -> None:
    extractor = create_model("ShuffleNetV2_x0_25", features_only=True, out_indices=[0, -1])
    extractor.eval()
    assert (extractor.channels, extractor.strides) == ([24, 96], [8, 32])
    assert [item.shape for item in extractor(noise(1, 3, 64, 64))] == [[1, 24, 8, 8], [1, 96, 2, 2]]
