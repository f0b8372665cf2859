# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The published configs put these ops between NormalizeImage and ToCHWImage: they load so, and really mask."""

from __future__ import annotations

from typing import Any, Dict, List

import numpy as np
import pytest

from ppclas_augment_erase.cutout import Cutout
from ppclas_augment_erase.grid_mask import GridMask
from ppclas_augment_erase.hide_and_seek import HideAndSeek
from ppclas_augment_erase.random_erasing import RandomErasing
from ppclas_core.config.load import load_config
from ppclas_core.data import build_pipeline, transform
from ppclas_core.data.opencv import cv2

DATA = cv2.imencode(".png", np.full((300, 400, 3), 200, np.uint8))[1].tobytes()
DECODE = {"DecodeImage": {"to_rgb": True, "to_np": False, "channel_first": False}}
CROP, FLIP, CHW = {"RandCropImage": {"size": 224}}, {"RandFlipImage": {"flip_code": 1}}, {"ToCHWImage": None}
NORMALIZE = {"NormalizeImage": {"scale": "1./255.", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
                                "order": ""}}
PUBLISHED: List[Dict[str, Any]] = [
    {"Cutout": {"n_holes": 1, "length": 112}},
    {"RandomErasing": {"EPSILON": 0.5, "sl": 0.02, "sh": 0.4, "r1": 0.3, "mean": [0.0, 0.0, 0.0]}},
    {"HideAndSeek": None},
    {"GridMask": {"d1": 96, "d2": 224, "rotate": 1, "ratio": 0.5, "mode": 0}},
]
IDS = [next(iter(op)) for op in PUBLISHED]


@pytest.mark.parametrize("op", PUBLISHED, ids=IDS)
def test_the_published_order_masks_as_much_as_the_order_after_to_chw(op):
    before = build_pipeline([DECODE, CROP, FLIP, NORMALIZE, op, CHW]).at_epoch(240)
    after = build_pipeline([DECODE, CROP, FLIP, NORMALIZE, CHW, op]).at_epoch(240)
    fractions = []
    for seed in range(30):
        first, second = (pipeline(DATA, np.random.default_rng(seed)) for pipeline in (before, after))
        assert np.array_equal(first, second)
        fractions.append((first == 0).all(axis=0).mean())
    assert 0.05 < np.mean(fractions) < 0.85


@pytest.mark.parametrize("name", ["DataAugment/ResNet50_RandomErasing.yaml", "DataAugment/ResNet50_HideAndSeek.yaml",
                                  "DataAugment/ResNet50_GridMask.yaml",
                                  "quick_start/ResNet50_vd_ssld_random_erasing_finetune.yaml"])
def test_the_four_published_configs_load_as_they_stand_and_mask(name):
    pytest.importorskip("ppclas_models_resnet", reason="pip install ppclas-models-resnet")
    fractions = {}
    for overrides in ((), ("compat=2020",)):
        pipeline = build_pipeline(load_config(name, overrides)["TRAIN"]["transforms"]).at_epoch(240)
        images = [pipeline(DATA, np.random.default_rng(seed)) for seed in range(20)]
        fractions[bool(overrides)] = np.mean([image == 0 for image in images])
    assert fractions[False] > 0.05
    assert fractions[True] < 0.01  # what they did in 2020


@pytest.mark.parametrize("op", PUBLISHED, ids=IDS)
def test_before_normalize_the_fill_is_black(op):
    pipeline = build_pipeline([DECODE, CROP, op, NORMALIZE, CHW]).at_epoch(240)
    pixels = np.concatenate([pipeline(DATA, np.random.default_rng(seed)).reshape(3, -1).T for seed in range(8)])
    values = (np.unique(pixels, axis=0) * [0.229, 0.224, 0.225] + [0.485, 0.456, 0.406]) * 255
    assert np.allclose(values, [[0, 0, 0], [200, 200, 200]], atol=1e-3)  # black, and the grey of the image


def test_grid_mask_follows_the_epoch_of_the_pipeline():
    grid = {"GridMask": {"d1": 16, "d2": 32}}
    pipeline = build_pipeline([DECODE, CROP, NORMALIZE, CHW, grid])
    assert not (pipeline.at_epoch(0)(DATA, np.random.default_rng(0)) == 0).any()
    assert (pipeline.at_epoch(240)(DATA, np.random.default_rng(0)) == 0).any()
    assert build_pipeline([DECODE]).at_epoch(3).names == ["DecodeImage"]


def test_transform_tracks_the_layout_too():
    op = RandomErasing(EPSILON=1, mean=[7.0])
    image = transform(DATA, [DECODE, CROP, NORMALIZE, op, CHW], np.random.default_rng(0))
    assert (image == 7).all(axis=0).mean() > 0.02


class TestTheRulesOf2020:
    """`compat: 2020`, for a given draw and the published order."""

    IMAGE = np.ones((224, 224, 3), np.float32)

    def erased(self, op, seeds: int = 400) -> np.ndarray:
        from ppclas_core.api import ImageState

        op = op.bind(ImageState("HWC", "float32"))
        return np.stack([op(self.IMAGE, np.random.default_rng(seed)) == 0 for seed in range(seeds)])

    def test_random_erasing_touched_at_most_row_0(self):
        erased = self.erased(RandomErasing(compat=2020))
        assert not erased[:, 1:].any()
        assert 0 < erased.mean() < 5e-5
        assert erased.mean(axis=(1, 2, 3)).max() <= 1.5e-4

    def test_hide_and_seek_hid_at_most_three_columns(self):
        erased = self.erased(HideAndSeek(compat="2020"))
        assert not erased[:, :, 3:].any()
        assert erased[:, :, :3].mean() == pytest.approx(0.4, abs=0.1)

    def test_hide_and_seek_left_the_rows_beyond_the_width_alone(self):
        op, image = HideAndSeek(grid_sizes=[16], hide_prob=1, compat=2020), np.ones((3, 100, 40), np.float32)
        result = op(image, np.random.default_rng(0))
        assert not result[:, :40].any()
        assert result[:, 40:].all()

    def test_grid_mask_never_fired(self):
        op = GridMask(compat=2020)
        assert not any(op.at_epoch(epoch)(self.IMAGE, np.random.default_rng(epoch)) is not self.IMAGE
                       for epoch in range(0, 300, 10))

    def test_cutout_cut_channels_after_to_chw(self):
        result = Cutout(length=300, compat=2020)(np.ones((3, 64, 64), np.float32), np.random.default_rng(0))
        assert not result.any()
        assert Cutout(length=300)(np.ones((3, 64, 64), np.float32), np.random.default_rng(0)).shape == (3, 64, 64)

    def test_compat_2020_changes_nothing_where_the_legacy_op_was_right(self):
        image = np.random.default_rng(1).random((3, 224, 224)).astype(np.float32)
        for new, old in ((RandomErasing(), RandomErasing(compat=2020)), (HideAndSeek(), HideAndSeek(compat=2020))):
            assert np.array_equal(new(image, np.random.default_rng(2)), old(image, np.random.default_rng(2)))
