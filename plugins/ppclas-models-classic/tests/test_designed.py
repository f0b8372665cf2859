# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What is special in CSPResNet, RegNet, DarkNet and DARTS."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from ppclas_core.models.create import create_model
from ppclas_core.nn import SqueezeExcite
from ppclas_models_classic.csp_resnet import Bottleneck
from ppclas_models_classic.darts import Cell, FactorizedReduce
from ppclas_models_classic.regnet import RegNetBlock


def noise(*shape: int) -> paddle.Tensor:
    return paddle.to_tensor(np.random.default_rng(0).standard_normal(shape).astype("float32"))


def test_leaky_slopes_of_cspresnet_differ_after_norms_and_after_sums() -> None:
    block = Bottleneck(8, 4)
    block.eval()
    layer = block.conv1
    x = noise(1, 8, 3, 3)
    plain = layer.bn(layer.conv(x)).numpy()
    np.testing.assert_allclose(layer(x).numpy(), np.where(plain > 0, plain, 0.02 * plain), rtol=1e-4, atol=1e-6)
    total = (x + block.conv3(block.conv2(layer(x)))).numpy()
    np.testing.assert_allclose(block(x).numpy(), np.where(total > 0, total, 0.1 * total), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("name", "gates"), [("RegNetX_200MF", 0), ("RegNetY_200MF", 13)])
def test_only_regnet_y_has_gates(name: str, gates: int) -> None:
    model = create_model(name, num_classes=2)
    assert sum(isinstance(layer, SqueezeExcite) for layer in model.sublayers()) == gates


def test_a_gate_of_regnet_is_as_wide_as_a_quarter_of_the_input_not_of_the_block() -> None:
    assert RegNetBlock(32, 24, stride=2, group_width=8, gate=True).se.reduce.weight.shape == [8, 24, 1, 1]


def test_darknet_is_all_relu() -> None:
    model = create_model("DarkNet53", num_classes=2)
    kinds = {type(layer).__name__ for layer in model.sublayers() if "LU" in type(layer).__name__}
    assert kinds == {"ReLU"}


@pytest.mark.parametrize("side", [8, 9])
def test_a_factorized_reduction_halves_even_and_odd_sides(side: int) -> None:
    layer = FactorizedReduce(4, 6)
    layer.eval()
    x = noise(1, 4, side, side)
    output = layer(x)
    assert output.shape == [1, 6, (side + 1) // 2, (side + 1) // 2]
    inside = layer.odd(paddle.nn.functional.relu(x)[:, :, 1:, 1:]).numpy()
    np.testing.assert_allclose(output[:, 3:, : side // 2, : side // 2].numpy(), inside, rtol=1e-4, atol=1e-5)


def test_drop_path_of_a_cell_spares_identities() -> None:
    graph = (("skip", 0), ("sep3", 1), ("skip", 0), ("sep3", 1), ("skip", 0), ("sep3", 1), ("skip", 0), ("sep3", 1))
    cell = Cell(4, 4, 4, graph, reduces=False, unequal=False, drop_path=0.999999)
    cell.train()
    x = noise(2, 4, 5, 5)
    output = cell(x, x).numpy()
    np.testing.assert_allclose(output[:, :4], output[:, 12:], rtol=1e-5, atol=1e-6)  # all four nodes are the input


def test_feature_maps_of_darts_are_one_per_resolution() -> None:
    extractor = create_model("DARTS_GS_4M", features_only=True)
    extractor.eval()
    maps = extractor(noise(1, 3, 64, 64))
    assert [item.shape for item in maps] == [[1, 192, 8, 8], [1, 384, 4, 4], [1, 768, 2, 2]]
