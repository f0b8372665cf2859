# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The pipeline tracks the state of the image after every op, and refuses an order that cannot work."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ppclas_core.api import ImageState, Op
from ppclas_core.data import DecodeImage, ToCHWImage, build_pipeline, transform
from ppclas_core.data.errors import BadImage, TransformError
from ppclas_core.data.opencv import cv2
from ppclas_core.errors import UserError

DATA = cv2.imencode(".png", np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(np.uint8))[1].tobytes()
DECODE, CHW = {"DecodeImage": {"to_rgb": True, "to_np": False, "channel_first": False}}, {"ToCHWImage": None}
CROP, FLIP = {"RandCropImage": {"size": 32}}, {"RandFlipImage": {"flip_code": 1}}
NORMALIZE = {"NormalizeImage": {"scale": "1./255.", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
                                "order": ""}}


def test_published_training_transforms_run_unchanged():
    pipeline = build_pipeline([DECODE, CROP, FLIP, NORMALIZE, CHW])
    assert pipeline.names == ["DecodeImage", "RandCropImage", "RandFlipImage", "NormalizeImage", "ToCHWImage"]
    assert pipeline.final_state == ImageState("CHW", "float32", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    first, again, other = (pipeline(DATA, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == (3, 32, 32)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(("transforms", "message"), [
    ([CROP], "'RandCropImage' takes HWC .* gets an encoded file"),
    ([DECODE, CHW, NORMALIZE], "order is '', but the image is CHW"),
    ([DECODE, CHW, FLIP, CROP], "'RandFlipImage' takes HWC .*after 'ToCHWImage' the image is CHW uint8"),
    ([{"DecodeImage": {"channel_first": True}}, CROP], "'RandCropImage' takes HWC.*after 'DecodeImage'"),
    ([DECODE, DECODE], "'DecodeImage' takes an encoded file"),
    ([DECODE, NORMALIZE, CHW, {"NormalizeImage": None}], "already normalized"),
    ([DECODE, {"CropImage": 224}], "'CropImage' are 224; they must be a mapping"),
    (["DecodeImage"], "must be a mapping"),
    ([{**DECODE, **CHW}], "has 2 keys"),
    ([DECODE, {"RandCrop": {"size": 3}}], "Did you mean 'RandCropImage'"),
])
def test_an_order_that_cannot_work_is_refused_with_the_ops_and_the_location(transforms, message):
    with pytest.raises(UserError, match=message) as caught:
        build_pipeline(transforms, where=lambda key: f"config.yaml:{key}")
    assert str(caught.value.where).startswith("config.yaml:transforms.")


def test_the_location_of_the_op_at_fault_is_named():
    with pytest.raises(UserError, match="RandFlipImage") as caught:
        build_pipeline([DECODE, CHW, FLIP], where={"transforms.2": "config.yaml:31"}.__getitem__)
    assert caught.value.where == "config.yaml:31"


class OnlyBytePixels:
    ppclas_spec = Op("OnlyBytePixels", "x:y", dtypes=("uint8",))

    def __call__(self, image, rng=None):
        return image


class OnBatches:
    ppclas_spec = Op("OnBatches", "x:y", level="batch")


class Broken:
    def __call__(self, image, rng=None):
        return image[:, 1000]


def test_an_op_for_bytes_is_refused_after_normalize_and_names_it():
    with pytest.raises(UserError, match="takes HWC uint8, but after 'NormalizeImage' the image is HWC float32"):
        transform(DATA, [DECODE, NORMALIZE, OnlyBytePixels()])


def test_a_batch_op_among_the_transforms_is_refused():
    on_batches: Any = OnBatches()
    with pytest.raises(UserError, match="works on a batch"):
        transform(DATA, [DECODE, on_batches])


def test_a_defect_of_an_op_names_the_op_and_the_sample():
    from ppclas_core.data.pipeline import Pipeline, Step

    steps = [Step("DecodeImage", DecodeImage(), Op("DecodeImage", "", "decode", ("bytes",)))]
    pipeline = Pipeline([*steps, Step("Broken", Broken(), None)], lambda index: None)
    with pytest.raises(TransformError, match=r"op 'Broken' failed on 'cats/7.png': IndexError"):
        pipeline(DATA, np.random.default_rng(0), "cats/7.png")


def test_a_bad_image_names_its_file():
    with pytest.raises(BadImage) as caught:
        build_pipeline([DECODE])(b"text", np.random.default_rng(0), "cats/8.png")
    assert caught.value.path == "cats/8.png"
    assert str(caught.value).startswith("cats/8.png: not an image")


def test_a_pipeline_can_start_from_pixels():
    pixels = np.zeros((40, 50, 3), np.uint8)
    pipeline = build_pipeline([CROP, NORMALIZE, CHW], start=ImageState("HWC", "uint8"))
    assert pipeline(pixels, np.random.default_rng(0)).shape == (3, 32, 32)


def test_ops_of_no_plugin_pass_without_a_check():
    assert transform(DATA, [DecodeImage(), lambda image, rng: image[:5], ToCHWImage()]).shape == (3, 5, 50)
