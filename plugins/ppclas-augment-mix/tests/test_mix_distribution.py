# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Shares, boxes and masks over many batches, against what the README says."""

from __future__ import annotations

import numpy as np
import pytest

from ppclas_augment_mix.cutmix import CutmixOperator
from ppclas_augment_mix.fmix import FmixDraw, FmixOperator
from ppclas_augment_mix.low_frequency import low_frequency_images, noise_like, soft_masks
from ppclas_augment_mix.mixup import MixupOperator

SHAPE = (8, 3, 224, 224)


def test_lam_of_mixup_is_from_the_beta_distribution():
    rng = np.random.default_rng(0)
    lam = np.array([MixupOperator(alpha=0.2).sample(rng, SHAPE).lambdas[0] for _ in range(4000)])
    assert lam.mean() == pytest.approx(0.5, abs=0.03)
    assert lam.var() == pytest.approx(0.25 / 1.4, abs=0.01)  # of Beta(a, a): 1 / (4 (2 a + 1))
    alone = MixupOperator(alpha=0.2, per_sample=True).sample(rng, (4000, 3, 8, 8)).lambdas
    assert alone.var() == pytest.approx(0.25 / 1.4, abs=0.01)


def test_every_image_is_the_partner_of_one_and_fixed_points_happen():
    rng = np.random.default_rng(0)
    partners = np.stack([MixupOperator().sample(rng, SHAPE).partners for _ in range(2000)])
    assert (np.sort(partners, axis=1) == np.arange(8)).all()
    assert (partners == np.arange(8)).mean() == pytest.approx(1 / 8, abs=0.02)


def test_the_boxes_of_cutmix_are_cut_off_at_the_border_and_lam_counts_what_is_left():
    rng = np.random.default_rng(0)
    images, labels = np.zeros((2, 3, 224, 224), np.float32), np.arange(2)
    lam, corner = [], 0
    for _ in range(3000):
        draw = CutmixOperator(alpha=0.2).sample(rng, images.shape)
        (top, bottom, left, right), = draw.boxes
        assert 0 <= top <= bottom <= 224
        assert 0 <= left <= right <= 224
        lam.append(1 - (bottom - top) * (right - left) / 224**2)
        corner += top == 0 and left == 0 and bottom > 0 and right > 0
    assert np.mean(lam) == pytest.approx(0.71, abs=0.02)
    assert np.mean(np.array(lam) == 1) == pytest.approx(0.08, abs=0.02)  # boxes of less than two pixels
    assert corner > 300
    assert CutmixOperator().apply(images, labels, draw)[1][2] == lam[-1]


def test_the_mask_of_fmix_has_lam_of_the_pixels():
    op, rng = FmixOperator(), np.random.default_rng(0)
    lam = []
    for _ in range(60):
        draw = op.sample(rng, (4, 3, 64, 80))
        mask = op.masks(draw, 64, 80)
        assert set(np.unique(mask)) <= {0.0, 1.0}
        assert mask.mean() == pytest.approx(draw.lambdas[0], abs=1 / (64 * 80))
        lam.append(draw.lambdas[0])
    assert np.mean(lam) == pytest.approx(0.5, abs=0.12)


def test_the_count_is_rounded_up_and_down_alike():
    ups = [bool(FmixOperator().sample(np.random.default_rng(seed), (2, 3, 8, 8)).up[0]) for seed in range(300)]
    assert np.mean(ups) == pytest.approx(0.5, abs=0.1)
    field = np.random.default_rng(0).random((1, 10, 10))
    for up, count in ((True, 34), (False, 33)):
        assert soft_masks(field, np.array([0.333]), np.array([up]), 0.0).sum() == count


def test_reformulate_draws_more_of_the_first_image():
    op = FmixOperator(alpha=1.0, reformulate=True, per_sample=True)
    lambdas = op.sample(np.random.default_rng(0), (2000, 3, 4, 4)).lambdas
    assert lambdas.mean() == pytest.approx(2 / 3, abs=0.02)  # of Beta(2, 1)


@pytest.mark.parametrize(("lam", "max_soft", "half"), [(0.5, 0.1, 0.1), (0.5, 0.5, 0.5), (0.1, 0.3, 0.1)])
def test_the_soft_border_falls_from_1_to_0_and_leaves_lam(lam, max_soft, half):
    field = np.random.default_rng(0).random((1, 50, 40))
    mask = soft_masks(field, np.array([lam]), np.array([True]), max_soft)[0]
    assert mask.mean() == pytest.approx(lam, abs=0.002)
    assert ((mask > 0) & (mask < 1)).mean() == pytest.approx(2 * half, abs=0.002)
    order = np.argsort(-field[0].ravel())
    assert (np.diff(mask.ravel()[order]) <= 0).all()


def edges(fields: np.ndarray) -> tuple[float, float]:
    """Mean number of changes of a half mask along a column and along a row."""
    masks = fields > np.median(fields, axis=(1, 2), keepdims=True)
    columns, rows = (float((np.diff(masks, axis=axis) != 0).sum(axis=axis).mean()) for axis in (1, 2))
    return columns, rows


def test_the_patches_are_alike_along_both_axes_but_stripes_with_compat_2020():
    noise = noise_like(np.random.default_rng(0), 60, 96, 96)
    down, right = edges(low_frequency_images(noise, 96, 96, 3.0, first_rows=False))
    assert down == pytest.approx(right, rel=0.25)
    old = low_frequency_images(noise, 96, 96, 3.0, first_rows=True)
    spectrum = np.abs(np.fft.rfft(old, axis=2))
    assert spectrum[:, :, 2:].max() < 1e-9 * spectrum.max()  # the mean and one wave along the width
    ours = np.abs(np.fft.rfft(low_frequency_images(noise, 96, 96, 3.0, first_rows=False), axis=2))
    assert ours[:, :, 2:].max() > 1e-6


def test_compat_2020_of_fmix_takes_the_first_two_rows_of_the_noise():
    shape, rng = (2, 3, 32, 32), np.random.default_rng(3)
    draw = FmixOperator(compat=2020).sample(rng, shape)
    other = draw.noise.copy()
    other[:, 2:] = 0
    same = FmixDraw(draw.partners, draw.lambdas, other, draw.up)
    assert np.array_equal(FmixOperator(compat=2020).masks(draw, 32, 32), FmixOperator(compat=2020).masks(same, 32, 32))
    assert not np.array_equal(FmixOperator().masks(draw, 32, 32), FmixOperator().masks(same, 32, 32))
    assert FmixOperator(compat=2020).masks(draw, 32, 32).mean() == pytest.approx(draw.lambdas[0], abs=1e-3)


def test_a_higher_decay_gives_rounder_patches():
    noise = noise_like(np.random.default_rng(0), 40, 64, 64)
    rough, round_ = (sum(edges(low_frequency_images(noise, 64, 64, power, first_rows=False))) for power in (1.0, 4.0))
    assert rough > 2 * round_
