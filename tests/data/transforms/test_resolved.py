# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Transforms are written with all values, and have the same effect when they are read again."""

from __future__ import annotations

from typing import Any, Dict, List

import cv2
import numpy as np
import pytest
import yaml

from ppclas_core.api import IMAGENET_MEAN, IMAGENET_STD
from ppclas_core.data import transform
from ppclas_core.data.transforms.resolved import resolved

SHORT: List[Dict[str, Any]] = [
    {"DecodeImage": None}, {"ResizeImage": {"resize_short": 40, "interpolation": 2}}, {"CropImage": {"size": 32}},
    {"NormalizeImage": None}, {"ToCHWImage": None}]


def test_defaults_and_short_forms_are_written_out() -> None:
    steps = resolved(SHORT)
    assert steps[0] == {"DecodeImage": {"to_rgb": True, "to_np": False, "channel_first": False, "alpha": "drop",
                                        "depth": "clip"}}
    assert steps[1] == {"ResizeImage": {"size": None, "resize_short": 40, "interpolation": "bicubic"}}
    assert steps[2] == {"CropImage": {"size": [32, 32]}}
    assert steps[3] == {"NormalizeImage": {"scale": 1 / 255, "mean": list(IMAGENET_MEAN), "std": list(IMAGENET_STD),
                                           "order": "hwc"}}


def test_the_layout_of_normalization_follows_from_its_position() -> None:
    steps = resolved([{"DecodeImage": {}}, {"ToCHWImage": None}, {"NormalizeImage": {}}])
    assert steps[2]["NormalizeImage"]["order"] == "chw"


@pytest.mark.parametrize("transforms", [
    SHORT, [{"DecodeImage": {"to_rgb": False}}, {"ResizeImage": {"size": [20, 24]}}, {"ToCHWImage": None},
            {"NormalizeImage": {"scale": "1./127.5", "mean": [1, 1, 1], "std": [1, 1, 1], "order": "chw"}}]])
def test_written_and_read_again_they_give_the_same_bits(transforms: List[Dict[str, Any]]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (50, 60, 3)).astype(np.uint8)
    data = cv2.imencode(".png", pixels)[1].tobytes()
    again = yaml.safe_load(yaml.safe_dump(resolved(transforms)))
    assert np.array_equal(transform(data, transforms), transform(data, again))
    assert resolved(again) == resolved(transforms)


def test_an_op_without_resolved_shows_its_constructor() -> None:
    steps = resolved([{"DecodeImage": {}}, {"RandCropImage": {"size": 16}}])
    assert steps[1]["RandCropImage"]["size"] == 16
    assert len(steps[1]["RandCropImage"]) > 1
