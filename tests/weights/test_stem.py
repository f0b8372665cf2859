# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Weights of RGB images start a network for gray or multispectral ones, and the report says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ppclas_core.errors import UserError
from ppclas_core.testing.toy import ToyNet, ppclas_backbones
from ppclas_core.weights.load import load_weights
from ppclas_core.weights.read import WeightsFile
from ppclas_core.weights.stem import with_channels

RNG = np.random.default_rng(3)


def weights_of(model: Any) -> WeightsFile:
    """Return the tensors of a model as a file."""
    return WeightsFile({key: value.numpy() for key, value in model.state_dict().items()}, "pdparams", Path("rgb"))


def test_a_gray_image_gets_the_response_of_its_rgb_form() -> None:
    kernel = RNG.standard_normal((5, 3, 2, 2)).astype(np.float32)
    gray = RNG.standard_normal((2, 2)).astype(np.float32)
    adapted = with_channels(kernel, 1)
    assert adapted.shape == (5, 1, 2, 2)
    assert adapted.dtype == np.float32
    np.testing.assert_allclose((adapted * gray).sum(axis=(1, 2, 3)), (kernel * gray).sum(axis=(1, 2, 3)), rtol=1e-5)


@pytest.mark.parametrize("channels", [2, 4, 6, 7])
def test_more_channels_repeat_the_kernels_and_keep_the_magnitude(channels: int) -> None:
    kernel = np.arange(1, 4, dtype=np.float32).reshape(1, 3, 1, 1)
    adapted = with_channels(kernel, channels)
    assert adapted.shape == (1, channels, 1, 1)
    np.testing.assert_allclose(adapted[0, :, 0, 0], [(1 + index % 3) * 3 / channels for index in range(channels)])
    assert with_channels(np.ones((1, 3, 1, 1), np.float32), channels).sum() == pytest.approx(3)


@pytest.mark.parametrize(("channels", "text"), [(1, "stem: 3 -> 1 input channels (kernels summed)"),
                                                (4, "stem: 3 -> 4 input channels (kernels repeated and scaled)")])
def test_the_stem_is_adapted_and_the_report_says_so(channels: int, text: str) -> None:
    rgb = weights_of(ToyNet(num_classes=4))
    model = ToyNet(num_classes=4, in_channels=channels)
    report = load_weights(model, next(iter(ppclas_backbones())), rgb)
    assert text in str(report)
    changed = [key for key, value in model.state_dict().items() if list(value.shape) != list(rgb.arrays[key].shape)]
    assert len(changed) == 1
    expected = with_channels(rgb.arrays[changed[0]], channels)
    np.testing.assert_array_equal(model.state_dict()[changed[0]].numpy(), expected)


def test_an_evaluation_refuses_other_channels() -> None:
    with pytest.raises(UserError, match="of another shape"):
        load_weights(ToyNet(num_classes=4, in_channels=1), next(iter(ppclas_backbones())),
                     weights_of(ToyNet(num_classes=4)), allow_new_head=False)
