# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""An image that is already decoded gives, bit by bit, what a lossless file of its pixels gives."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import numpy as np
import pytest

from ppclas_core.api import Op
from ppclas_core.data import BadImage, DecodeImage, build_pipeline
from ppclas_core.data.decoded import lossless_file, run_on_pixels
from ppclas_core.data.decoding.image_kinds import Encoded
from ppclas_core.data.opencv import cv2
from ppclas_core.data.pipeline import Pipeline, Step

OPTIONS: List[Dict[str, Any]] = [
    {}, {"to_rgb": False}, {"channel_first": True}, {"to_rgb": False, "channel_first": True}, {"alpha": "white"},
    {"alpha": "black", "to_rgb": False}, {"depth": "scale"}, {"depth": 12, "to_rgb": False},
]
DECODER = Op("Inverted", target="unused:Inverted", level="decode")
SIZES = [(1, 1), (3, 7), (33, 17), (40, 64), (5, 1)]


def pixels_of(*shape: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_every_option_of_the_decoder_gives_the_pixels_of_a_lossless_file(
        options: Dict[str, Any], size: Tuple[int, int]) -> None:
    pipeline = build_pipeline([{"DecodeImage": options}])
    for pixels in (pixels_of(*size, 3), pixels_of(*size)):
        for view in (pixels, pixels[::-1], pixels[:, ::-1], np.asfortranarray(pixels)):
            found = run_on_pixels(pipeline, view, np.random.default_rng(0))
            expected = pipeline(lossless_file(view), np.random.default_rng(0))
            np.testing.assert_array_equal(found, expected)
            assert found.dtype == expected.dtype


def test_a_whole_pipeline_gives_the_same_and_leaves_the_users_array_alone() -> None:
    pipeline = build_pipeline([{"DecodeImage": {}}, {"RandCropImage": {"size": 24}}, {"RandFlipImage": {}},
                               {"NormalizeImage": {"order": ""}}, {"ToCHWImage": {}}])
    pixels = pixels_of(60, 80, 3)
    before = pixels.copy()
    found = run_on_pixels(pipeline, pixels, np.random.default_rng(5))
    np.testing.assert_array_equal(found, pipeline(lossless_file(pixels), np.random.default_rng(5)))
    np.testing.assert_array_equal(pixels, before)
    decoded = run_on_pixels(build_pipeline([{"DecodeImage": {}}]), pixels, np.random.default_rng(5))
    assert not np.shares_memory(decoded, pixels)


def test_the_decoder_is_not_run_for_pixels() -> None:
    class Unused(DecodeImage):
        from_pixels = DecodeImage.from_pixels

        def __call__(self, data: Encoded) -> np.ndarray:
            raise AssertionError("it was run")

    pipeline = Pipeline([Step("Unused", Unused(), DECODER)], lambda index: None)
    np.testing.assert_array_equal(run_on_pixels(pipeline, pixels_of(4, 5, 3), np.random.default_rng(0)),
                                  pixels_of(4, 5, 3))


def test_a_decoder_that_changes_the_call_alone_gets_a_file() -> None:
    class Inverted(DecodeImage):
        def __call__(self, data: Encoded) -> np.ndarray:
            inverted: np.ndarray = 255 - super().__call__(data)
            return inverted

    pipeline = Pipeline([Step("Inverted", Inverted(), DECODER)], lambda index: None)
    found = run_on_pixels(pipeline, pixels_of(4, 5, 3), np.random.default_rng(0))
    np.testing.assert_array_equal(found, 255 - pixels_of(4, 5, 3))


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_four_channels_are_a_png_with_alpha_and_one_channel_is_gray(options: Dict[str, Any]) -> None:
    pipeline = build_pipeline([{"DecodeImage": options}])
    transparent = pixels_of(20, 30, 4)
    opaque = np.dstack([transparent[:, :, :3], np.full((20, 30), 255, np.uint8)])
    for pixels in (transparent, opaque, opaque[:, ::-1], pixels_of(20, 30, 1)):
        order = [2, 1, 0, 3][: pixels.shape[2]] if pixels.shape[2] > 1 else [0]
        file = cv2.imencode(".png", np.ascontiguousarray(pixels[:, :, order]))[1].tobytes()
        before = pixels.copy()
        found = run_on_pixels(pipeline, pixels, np.random.default_rng(0))
        np.testing.assert_array_equal(found, pipeline(file, np.random.default_rng(0)))
        np.testing.assert_array_equal(pixels, before)


def test_an_opaque_alpha_channel_costs_no_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = build_pipeline([{"DecodeImage": {"alpha": "white"}}])
    monkeypatch.setattr("ppclas_core.data.decoded.lossless_file", None)
    opaque = np.full((4, 5, 4), 255, np.uint8)
    np.testing.assert_array_equal(run_on_pixels(pipeline, opaque, np.random.default_rng(0)), opaque[:, :, :3])


@pytest.mark.parametrize("array", [np.zeros((4, 4, 3), np.float32), np.zeros((4, 4, 2), np.uint8),
                                   np.zeros((3, 4, 4, 1), np.uint8), np.zeros((0, 4, 3), np.uint8),
                                   np.zeros(4, np.uint8)], ids=lambda array: array.shape)
def test_other_arrays_are_bad_images(array: np.ndarray) -> None:
    with pytest.raises(BadImage, match="it must be uint8"):
        run_on_pixels(build_pipeline([{"DecodeImage": {}}]), array, np.random.default_rng(0))
