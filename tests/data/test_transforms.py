# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The standard ops: parameters are checked by name, inputs are not changed, results have the stated layout."""

from __future__ import annotations

from typing import Any, List

import numpy as np
import pytest

import ppclas_core as ppc
from ppclas_core.api import ImageState
from ppclas_core.data import (
    BadImage,
    CropImage,
    DecodeImage,
    NormalizeImage,
    RandCropImage,
    RandFlipImage,
    ResizeImage,
    ToCHWImage,
    transform,
)
from ppclas_core.data.opencv import cv2
from ppclas_core.errors import UserError


def picture(height: int, width: int) -> np.ndarray:
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)
    image.setflags(write=False)  # an op that writes into its input fails
    return image


def png(image: np.ndarray) -> bytes:
    return cv2.imencode(".png", image[:, :, ::-1])[1].tobytes()


def test_decode_gives_rgb_by_default():
    image = picture(5, 7)
    assert np.array_equal(DecodeImage()(png(image)), image)
    assert np.array_equal(DecodeImage(to_rgb=False)(png(image)), image[:, :, ::-1])
    assert np.array_equal(DecodeImage(channel_first=True)(png(image)), image.transpose(2, 0, 1))


def test_an_opencv_that_cannot_decode_to_rgb_gives_the_same(monkeypatch):
    monkeypatch.delattr(cv2, "IMREAD_COLOR_RGB", raising=False)
    assert np.array_equal(DecodeImage()(png(picture(5, 7))), picture(5, 7))


@pytest.mark.parametrize(("data", "reason"), [
    (b"", "empty"),
    (b"hello, this is no image", "begins with b'hello"),
    (b"\xff\xd8\xff\xe0 cut off", "a JPEG file of 12"),
])
def test_what_is_no_image_is_reported_with_the_reason(data, reason):
    with pytest.raises(BadImage, match=reason):
        DecodeImage()(data)


def test_to_np_warns_that_it_has_no_effect():
    with pytest.warns(UserWarning, match="to_np"):
        DecodeImage(to_np=True)


@pytest.mark.parametrize(("height", "width", "shape"), [
    (400, 300, (341, 256)), (300, 401, (256, 342)), (1, 300, (256, 76800)), (256, 256, (256, 256)),
])
def test_resize_short_keeps_the_aspect(height, width, shape):
    assert ResizeImage(resize_short=256)(picture(height, width)).shape == (*shape, 3)


def test_sizes_are_width_then_height():
    assert ResizeImage(size=[30, 20])(picture(9, 9)).shape == (20, 30, 3)
    assert CropImage(size=(6, 4))(picture(9, 9)).shape == (4, 6, 3)
    assert RandCropImage(size=(6, 4))(picture(9, 9)).shape == (4, 6, 3)


def test_interpolation_has_numbers_and_names():
    image = picture(9, 9)
    by_name, by_number = (ResizeImage(size=20, interpolation=value)(image) for value in ("bicubic", 2))
    assert np.array_equal(by_name, by_number)
    assert not np.array_equal(by_name, ResizeImage(size=20)(image))


def test_crop_takes_the_middle():
    image = picture(7, 10)
    assert np.array_equal(CropImage(4)(image), image[1:5, 3:7])


def test_an_image_smaller_than_the_crop_is_refused():
    with pytest.raises(BadImage, match="300x200 is smaller than the crop 224x224"):
        CropImage(224)(picture(200, 300))


def test_a_random_crop_lies_inside_and_has_the_stated_area_and_ratio():
    op, rng = RandCropImage(224), np.random.default_rng(0)
    areas, ratios = [], []
    for _ in range(3000):
        x, y, width, height = op.sample(rng, (375, 500, 3))
        assert 0 <= x <= x + width <= 500
        assert 0 <= y <= y + height <= 375
        areas.append(width * height / (375 * 500))
        ratios.append(width / height)
    assert 0.075 < min(areas) < 0.1
    assert 0.41 < np.mean(areas) < 0.45  # measured on the rule of 2020: 0.427
    assert 0.7 < min(ratios) < 0.78
    assert 1.3 < max(ratios) < 1.36


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (2, 3)])
def test_a_random_crop_of_a_tiny_image_still_is_an_image(size):
    for seed in range(30):
        assert RandCropImage(8)(picture(*size), np.random.default_rng(seed)).shape == (8, 8, 3)


@pytest.mark.parametrize(("code", "axes"), [(1, (1,)), (0, (0,)), (-1, (0, 1))])
def test_flip_mirrors_about_half_the_images(code, axes):
    op, image = RandFlipImage(code), picture(5, 6)
    assert np.array_equal(op.apply(image, True), np.flip(image, axes))
    assert np.array_equal(op.apply(image, False), image)
    rng = np.random.default_rng(0)
    assert 450 < sum(op.sample(rng, image.shape) for _ in range(1000)) < 550


@pytest.mark.parametrize("op", [RandCropImage(8), RandFlipImage()])
def test_a_draw_can_be_applied_again(op):
    image = picture(20, 30)
    draw = op.sample(np.random.default_rng(4), image.shape)
    assert np.array_equal(op.apply(image, draw), op(image, np.random.default_rng(4)))


def test_normalize_is_the_formula_in_float32_to_the_last_bit():
    image = picture(20, 30)
    mean, std = (np.array(value, np.float32) for value in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    expected = (image.astype(np.float32) * np.float32(1 / 255) - mean) / std
    assert np.array_equal(NormalizeImage(order="")(image), expected)
    assert np.array_equal(NormalizeImage(scale="1./255.", order="hwc")(image.astype(np.float32)), expected)
    assert np.array_equal(NormalizeImage(order="chw")(image.transpose(2, 0, 1)), expected.transpose(2, 0, 1))
    assert np.array_equal(NormalizeImage()(image), expected)


def test_after_normalize_the_planes_lie_one_after_the_other():
    assert ToCHWImage()(NormalizeImage(order="")(picture(20, 30))).flags.c_contiguous


def test_the_state_after_normalize_is_in_units_of_pixels_over_255():
    state = NormalizeImage(scale=1.0, mean=[127.5], std=[51.0], order="").out_state(ImageState("HWC"))
    assert state == ImageState("HWC", "float32", (0.5,), (0.2,))


def test_normalize_refuses_other_channels_than_it_has_means():
    with pytest.raises(UserError, match=r"mean|channels"):
        NormalizeImage(order="chw")(picture(20, 30))


def test_transform_takes_instances_and_mappings():
    data = png(picture(300, 400))
    ops: List[Any] = [DecodeImage(), ResizeImage(resize_short=256), CropImage(224), NormalizeImage(), ToCHWImage()]
    named: List[Any] = [{"DecodeImage": {}}, {"ResizeImage": {"resize_short": 256}}, {"CropImage": {"size": 224}},
             {"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}]
    result = transform(data, ops)
    assert result.shape == (3, 224, 224)
    assert result.dtype == np.float32
    assert np.array_equal(result, transform(data, named))


@pytest.mark.parametrize(("name", "params", "word"), [
    ("ResizeImage", {}, "size or resize_short"),
    ("ResizeImage", {"size": 3, "resize_short": 3}, "not both"),
    ("ResizeImage", {"resize_short": 0}, "resize_short"),
    ("ResizeImage", {"size": [1, 2, 3]}, "size"),
    ("ResizeImage", {"size": 8, "interpolation": "bicubik"}, "Did you mean 'bicubic'"),
    ("CropImage", {"size": -1}, "size"),
    ("CropImage", {"size": "wide"}, "size"),
    ("RandCropImage", {"size": 8, "scale": [0.5, 0.2]}, "scale"),
    ("RandCropImage", {"size": 8, "scale": [0.5, 1.2]}, "scale"),
    ("RandCropImage", {"size": 8, "ratio": [0, 1]}, "ratio"),
    ("RandFlipImage", {"flip_code": 2}, "flip_code"),
    ("NormalizeImage", {"std": [1, 0, 1]}, "std"),
    ("NormalizeImage", {"scale": "__import__('os')"}, "scale"),
    ("NormalizeImage", {"order": "cwh"}, "order"),
    ("DecodeImage", {"to_rbg": True}, "Did you mean 'to_rgb'"),
])
def test_a_wrong_parameter_is_named(name, params, word):
    with pytest.raises(UserError, match=word):
        ppc.create("op", name, **params)
