# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What the mixing ops promise: one label contract, images that hold what lam says, any batch, any layout."""

from __future__ import annotations

import numpy as np
import pytest

import ppclas_core as ppc
from ppclas_augment_mix.cutmix import CutmixDraw, CutmixOperator
from ppclas_augment_mix.fmix import FmixOperator
from ppclas_augment_mix.mixup import MixupDraw, MixupOperator
from ppclas_core.errors import UserError

ALL = [MixupOperator, CutmixOperator, FmixOperator]


def levels(count: int, dtype=np.float32, height: int = 40, width: int = 56) -> np.ndarray:
    """(N, 3, H, W): image n holds the value n + 1 everywhere, so that every pixel shows which image it comes from."""
    return np.broadcast_to(np.arange(1, count + 1, dtype=dtype)[:, None, None, None], (count, 3, height, width))


@pytest.mark.parametrize("per_sample", [False, True])
@pytest.mark.parametrize("op", ALL)
@pytest.mark.parametrize("count", [1, 2, 3, 16])
def test_lam_is_the_weight_of_the_first_image(op, per_sample, count):
    """The mean of an image of constants is lam * own + (1 - lam) * partner's."""
    images, labels = levels(count), np.arange(count)
    for seed in range(4):
        mixed, (y_a, y_b, lam) = op(per_sample=per_sample)(images, labels, np.random.default_rng(seed))
        assert np.array_equal(y_a, labels)
        assert np.shape(lam) == ((count,) if per_sample else ())
        expected = lam * (y_a + 1) + (1 - lam) * (y_b + 1)
        assert np.allclose(mixed.mean(axis=(1, 2, 3)), expected, atol=count / (40 * 56))
        assert mixed.dtype == np.float32


@pytest.mark.parametrize("op", ALL)
def test_per_sample_draws_a_lambda_for_each_image(op):
    _, (_, _, lam) = op(alpha=1.0, per_sample=True)(levels(16), np.arange(16), np.random.default_rng(0))
    assert len(np.unique(lam)) > 10


@pytest.mark.parametrize("op", ALL)
def test_both_layouts_are_mixed_at_the_same_positions(op):
    images = np.random.default_rng(1).random((5, 3, 32, 44)).astype(np.float32)
    first, _ = op(alpha=1.0)(images, np.arange(5), np.random.default_rng(2))
    second, _ = op(alpha=1.0)(images.transpose(0, 2, 3, 1).copy(), np.arange(5), np.random.default_rng(2))
    assert np.allclose(first, second.transpose(0, 3, 1, 2), atol=1e-6)
    assert not np.array_equal(first, images)


@pytest.mark.parametrize("op", [*ALL, lambda: FmixOperator(max_soft=0.3)])
def test_bytes_stay_bytes_and_are_rounded(op):
    images = np.random.default_rng(1).integers(0, 256, (4, 32, 44, 3)).astype(np.uint8)
    small, _ = op()(images, np.arange(4), np.random.default_rng(2))
    exact, _ = op()(images.astype(np.float32), np.arange(4), np.random.default_rng(2))
    assert small.dtype == np.uint8
    assert np.abs(small - exact).max() <= 0.501


@pytest.mark.parametrize("op", ALL)
def test_the_list_of_image_and_label_of_the_document_is_taken(op):
    images, labels = levels(6), np.array([3, 1, 4, 1, 5, 9])
    listed, pair = op()(list(zip(images, labels)), rng=np.random.default_rng(2))
    arrays, same = op()(images, labels, np.random.default_rng(2))
    assert np.array_equal(listed, arrays)
    assert all(np.array_equal(one, other) for one, other in zip(pair, same))


@pytest.mark.parametrize("op", ALL)
def test_the_input_is_never_changed(op):
    images, labels = levels(6).copy(), np.arange(6)
    images.setflags(write=False)
    labels.setflags(write=False)
    mixed, _ = op()(images, labels, np.random.default_rng(5))
    assert not np.shares_memory(mixed, images)


@pytest.mark.parametrize("op", ALL)
def test_a_draw_can_be_applied_again(op):
    images, labels = np.random.default_rng(0).random((4, 3, 20, 30)).astype(np.float32), np.arange(4)
    draw = op().sample(np.random.default_rng(7), images.shape)
    first, second = op().apply(images, labels, draw), op()(images, labels, np.random.default_rng(7))
    assert np.array_equal(first[0], second[0])
    assert first[1][2] == second[1][2]


def test_mixup_blends_by_hand():
    images, labels = levels(3), np.array([10, 20, 30])
    mixed, (_, y_b, lam) = MixupOperator().apply(images, labels, MixupDraw(np.array([1, 2, 0]), np.array([0.25])))
    assert np.allclose(mixed[:, 0, 0, 0], [1.75, 2.75, 1.5])
    assert (y_b.tolist(), lam) == ([20, 30, 10], 0.25)


def test_cutmix_pastes_the_box_by_hand():
    draw = CutmixDraw(np.array([1, 0]), np.array([[2, 12, 4, 14]]))
    mixed, (_, y_b, lam) = CutmixOperator().apply(levels(2), np.array([7, 8]), draw)
    box = np.zeros((40, 56), bool)
    box[2:12, 4:14] = True
    assert np.array_equal(mixed[0, 2], np.where(box, 2, 1))
    assert np.array_equal(mixed[1, 0], np.where(box, 1, 2))
    assert (y_b.tolist(), lam) == ([8, 7], 1 - 100 / 2240)


def test_legacy_names_build_the_ops():
    for name, op in zip(("Mixup", "Cutmix", "Fmix"), ALL):
        assert type(ppc.create("op", name)) is op
        assert type(ppc.create("op", f"{name}Operator", alpha="1.0")) is op
    assert (MixupOperator().alpha, CutmixOperator().alpha, FmixOperator().alpha) == (0.2, 0.2, 1.0)


@pytest.mark.parametrize("op", ALL)
def test_compat_2020_is_the_same_rule_but_has_one_lambda_per_batch(op):
    with pytest.raises(UserError, match="one lambda per batch"):
        op(per_sample=True, compat=2020)
    if op is FmixOperator:
        return
    images, labels = levels(4), np.arange(4)
    old, new = (op(compat=compat)(images, labels, np.random.default_rng(1)) for compat in ("", "2020"))
    assert np.array_equal(old[0], new[0])


@pytest.mark.parametrize(("images", "labels", "message"), [
    (levels(3), [1, 2], "3 images but labels"), (levels(3)[0], [1, 2, 3], "no batch"),
    (levels(3, np.int64), [1, 2, 3], "no batch"), (levels(3), None, "list of"),
    ([(np.ones((3, 4, 4), np.float32), 1), (np.ones((3, 4, 5), np.float32), 1)], None, "different shapes"),
])
def test_what_is_no_batch_is_refused(images, labels, message):
    with pytest.raises(UserError, match=message):
        MixupOperator()(images, labels, np.random.default_rng(0))


@pytest.mark.parametrize(("name", "params"), [
    ("Mixup", {"alpha": 0}), ("Cutmix", {"alpha": -1}), ("Fmix", {"max_soft": 0.6}), ("Fmix", {"decay_power": -1}),
    ("Mixup", {"compat": 2021}), ("Cutmix", {"per_sampel": True}),
])
def test_a_wrong_parameter_is_named(name, params):
    with pytest.raises(UserError, match=next(iter(params))):
        ppc.create("op", name, **params)
