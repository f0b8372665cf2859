# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What the erasing ops promise: the same draw gives the same holes in either layout, and the input stays whole."""

from __future__ import annotations

import numpy as np
import pytest

import ppclas_core as ppc
from ppclas_augment_erase.cutout import Cutout
from ppclas_augment_erase.grid_mask import GridMask
from ppclas_augment_erase.hide_and_seek import HideAndSeek
from ppclas_augment_erase.random_erasing import RandomErasing
from ppclas_core.api import ImageState
from ppclas_core.errors import UserError

HWC, CHW = ImageState("HWC"), ImageState("CHW")
BOTH = [Cutout(n_holes=2, length=8), RandomErasing(EPSILON=1.0), HideAndSeek(grid_sizes=[4]),
        GridMask(d1=6, d2=14, rotate=30)]


def picture(height: int = 30, width: int = 41) -> np.ndarray:
    return np.random.default_rng(1).integers(1, 256, (height, width, 3)).astype(np.uint8)


@pytest.mark.parametrize("op", BOTH)
def test_the_same_generator_gives_the_same_image(op):
    first, second = (op(picture(), np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, op(picture(), np.random.default_rng(6)))


@pytest.mark.parametrize("op", BOTH)
def test_a_draw_can_be_applied_again(op):
    image = picture()
    draw = op.sample(np.random.default_rng(5), image.shape)
    assert np.array_equal(op.apply(image, draw), op(image, np.random.default_rng(5)))


@pytest.mark.parametrize("op", BOTH)
def test_the_input_is_never_changed(op):
    image = picture()
    image.setflags(write=False)
    assert not np.array_equal(op(image, np.random.default_rng(0)), image)
    assert np.array_equal(image, picture())


@pytest.mark.parametrize("op", BOTH)
@pytest.mark.parametrize("size", [(30, 41), (224, 224), (3, 50), (50, 3), (31, 1000)])
def test_both_layouts_are_erased_at_the_same_positions(op, size):
    image = picture(*size)
    rows = op.bind(HWC)(image, np.random.default_rng(3))
    planes = op.bind(CHW)(image.transpose(2, 0, 1), np.random.default_rng(3))
    assert np.array_equal(rows, planes.transpose(1, 2, 0))


@pytest.mark.parametrize("op", BOTH)
def test_without_a_pipeline_the_layout_follows_from_the_shape(op):
    image = picture()
    rows = op(image, np.random.default_rng(3))
    assert np.array_equal(rows, op(image.transpose(2, 0, 1), np.random.default_rng(3)).transpose(1, 2, 0))
    with pytest.raises(UserError, match="neither"):
        op(image[:, :, 0], np.random.default_rng(3))


@pytest.mark.parametrize("op", BOTH)
@pytest.mark.parametrize("size", [(1, 1), (1, 17), (17, 1), (2, 2), (7, 5)])
def test_tiny_images_keep_shape_and_dtype(op, size):
    for seed in range(20):
        result = op(picture(*size), np.random.default_rng(seed))
        assert result.shape == (*size, 3)
        assert result.dtype == np.uint8


def test_the_holes_of_cutout_are_squares_cut_off_at_the_border():
    image = picture(20, 20)
    op = Cutout(length=7)
    hole = np.zeros((20, 20), bool)
    hole[0:5, 7:13] = True  # centre (2, 10), 7 // 2 = 3 pixels to each side
    assert np.array_equal((op.apply(image, ((2, 10),)) == 0).all(axis=2), hole)


def test_random_erasing_fills_a_box_with_one_value_per_channel():
    op = RandomErasing(mean=[0.1, 0.2, 0.3])
    image = np.ones((3, 10, 12), np.float32)
    result = op.apply(image, (2, 3, 4, 5))
    assert np.allclose(result[:, 2:6, 3:8], np.array([0.1, 0.2, 0.3]).reshape(3, 1, 1))
    assert (result == 1).sum() == 3 * (10 * 12 - 4 * 5)


def test_random_erasing_erases_about_half_the_images_and_a_tenth_of_all_pixels():
    op, rng = RandomErasing(), np.random.default_rng(0)
    draws = [op.sample(rng, (224, 224, 3)) for _ in range(4000)]
    areas = np.array([0.0 if draw is None else draw[2] * draw[3] / 224**2 for draw in draws])
    assert 0.47 < (areas > 0).mean() < 0.53
    assert 0.095 < areas.mean() < 0.115
    assert areas.max() <= 0.405
    assert areas[areas > 0].min() >= 0.0195


def test_a_probability_of_zero_leaves_every_image_alone():
    assert np.array_equal(RandomErasing(EPSILON=0)(picture(), np.random.default_rng(0)), picture())


def test_grey_images_of_one_channel_are_erased_too():
    image = np.full((1, 20, 30), 9.0, np.float32)
    assert (RandomErasing(EPSILON=1).bind(CHW)(image, np.random.default_rng(0)) == 0).any()


@pytest.mark.parametrize(("name", "params"), [
    ("Cutout", {"n_holes": -1}), ("Cutout", {"length": 1}), ("Cutout", {"lenght": 4}),
    ("RandomErasing", {"EPSILON": 1.5}), ("RandomErasing", {"sl": 0.5, "sh": 0.4}), ("RandomErasing", {"r1": 0}),
    ("RandomErasing", {"mean": []}), ("HideAndSeek", {"grid_sizes": []}), ("HideAndSeek", {"hide_prob": 2}),
    ("GridMask", {"d2": 50}), ("GridMask", {"mode": 2}), ("GridMask", {"prob": -0.1}), ("Cutout", {"compat": 2021}),
])
def test_a_wrong_parameter_is_named(name, params):
    with pytest.raises(UserError, match=next(iter(params))):
        ppc.create("op", name, **params)
