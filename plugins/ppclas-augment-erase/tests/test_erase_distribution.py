# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""How often, how much and where: what many draws of each op have in common, against what its page says."""

from __future__ import annotations

import numpy as np
import pytest

from ppclas_augment_erase.cutout import Cutout
from ppclas_augment_erase.grid_mask import Grid, GridMask
from ppclas_augment_erase.hide_and_seek import HideAndSeek
from ppclas_core.api import ImageState

HWC = ImageState("HWC", "float32")
ONES = np.ones((224, 224, 1), np.float32)


def hidden(op, seeds: int, image: np.ndarray = ONES) -> np.ndarray:
    """(seeds, H, W) bool: what each draw sets to 0."""
    op = op.bind(HWC)
    return np.stack([op(image, np.random.default_rng(seed))[:, :, 0] == 0 for seed in range(seeds)])


def test_the_center_of_a_cutout_is_anywhere_so_that_holes_are_cut_off_at_the_border():
    masks = hidden(Cutout(length=112), 600)
    per_axis = 0.5 * 0.5 + 0.5 * 0.375  # half the side, or cut to three quarters of that on average
    assert masks.mean() == pytest.approx(per_axis**2, abs=0.012)
    assert masks.mean(axis=(1, 2)).max() <= 0.25
    assert masks[:, 112, 112].mean() == pytest.approx(0.25, abs=0.06)
    assert masks[:, 0, 0].mean() == pytest.approx(1 / 16, abs=0.035)


def test_hide_and_seek_hides_half_of_the_cells_of_four_grids_in_five():
    masks = hidden(HideAndSeek(), 600)
    untouched = ~masks.any(axis=(1, 2))
    assert untouched.mean() == pytest.approx(0.2, abs=0.05)
    assert masks.mean() == pytest.approx(0.4, abs=0.02)
    assert masks[~untouched].mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("side", [16, 32, 44, 56])
def test_the_cells_of_hide_and_seek_are_squares_from_the_top_left_and_the_last_are_cut_off(side):
    image = np.ones((100, 130, 3), np.float32)
    mask = hidden(HideAndSeek(grid_sizes=[side]), 1, image)[0]
    for y in range(0, 100, side):
        for x in range(0, 130, side):
            assert len(np.unique(mask[y : y + side, x : x + side])) == 1
    assert mask.any()


def test_grid_mask_hides_three_quarters_or_leaves_them():
    masks = hidden(GridMask(d1=20, d2=40), 200)
    assert masks.mean() == pytest.approx(0.75, abs=0.02)
    assert hidden(GridMask(d1=20, d2=40, mode=1), 200).mean() == pytest.approx(0.25, abs=0.02)
    assert hidden(GridMask(d1=20, d2=40, ratio=0.2), 200).mean() == pytest.approx(1 - 0.8**2, abs=0.02)


def test_grid_mask_draws_its_period_below_d2_and_its_angle_below_rotate():
    op, rng = GridMask(d1=5, d2=8, rotate=4), np.random.default_rng(0)
    draws = [draw for draw in (op.sample(rng, (32, 32, 3)) for _ in range(500)) if draw]
    assert len(draws) == 500
    assert {draw.period for draw in draws} == {5, 6, 7}
    assert {draw.degrees for draw in draws} == {0, 1, 2, 3}
    assert {draw.row for draw in draws} == set(range(7)) == {draw.column for draw in draws}


def test_the_probability_of_grid_mask_grows_over_240_epochs():
    op, image = GridMask(d1=4, d2=9, prob=0.8), np.ones((8, 8, 3), np.float32)
    for epoch, expected in ((0, 0.0), (60, 0.2), (120, 0.4), (240, 0.8), (300, 0.8)):
        applied = [op.at_epoch(epoch).sample(np.random.default_rng(seed), image.shape) is not None
                   for seed in range(1500)]
        assert np.mean(applied) == pytest.approx(expected, abs=0.04)
    assert op.at_epoch(0) is not op
    assert op.sample(np.random.default_rng(3), image.shape) is not None  # no epoch: the end of the ramp


@pytest.mark.parametrize("size", [(224, 224), (97, 141)])
def test_a_turned_grid_is_the_turned_canvas_of_pillow(size):
    pillow = pytest.importorskip("PIL.Image")
    height, width = size
    canvas = np.ones((int(1.5 * height), int(1.5 * width)), np.uint8)
    for start in range(-30, canvas.shape[0], 30):
        canvas[max(start + 7, 0) : max(start + 7 + 15, 0)] = 0
    for start in range(-30, canvas.shape[1], 30):
        canvas[:, max(start + 11, 0) : max(start + 11 + 15, 0)] = 0
    op = GridMask().bind(HWC)
    for degrees in (0, 1, 17, 45, 80):
        turned = np.asarray(pillow.fromarray(canvas).rotate(degrees))
        y, x = (canvas.shape[0] - height) // 2, (canvas.shape[1] - width) // 2
        ours = op.apply(np.ones((height, width, 3), np.float32), Grid(30, 7, 11, degrees))[:, :, 0]
        assert (ours != turned[y : y + height, x : x + width]).mean() < 0.001
