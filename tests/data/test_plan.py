# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The quick way through a pipeline gives, bit by bit, what the ops give one after the other."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Optional

import numpy as np
import pytest

from ppclas_core.api import Op
from ppclas_core.data import BadImage, DecodeImage, build_pipeline
from ppclas_core.data.errors import TransformError
from ppclas_core.data.fused import WHOLE, Plan
from ppclas_core.data.opencv import cv2
from ppclas_core.data.pipeline import Pipeline, Step

SHARED = Path(os.environ.get("PPCLAS_TEST_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
DECODE, CROP, FLIP = {"DecodeImage": {}}, {"RandCropImage": {"size": [48, 40]}}, {"RandFlipImage": {}}
NORMALIZE, CHW = {"NormalizeImage": {"scale": "1./255.", "order": ""}}, {"ToCHWImage": {}}
RESIZE, CENTRE = {"ResizeImage": {"resize_short": 64}}, {"CropImage": {"size": 56}}
PIPELINES = {
    "training": [DECODE, CROP, FLIP, NORMALIZE, CHW],
    "without flip": [DECODE, CROP, NORMALIZE, CHW],
    "blue first, cubic, both ways": [{"DecodeImage": {"to_rgb": False}},
                                     {"RandCropImage": {"size": 40, "interpolation": 2}},
                                     {"RandFlipImage": {"flip_code": -1}}, NORMALIZE, CHW],
    "evaluation": [DECODE, RESIZE, CENTRE, NORMALIZE, CHW],
    "flip before crop": [DECODE, FLIP, CROP, NORMALIZE, CHW],
    "planes before floats": [DECODE, CROP, FLIP, CHW, {"NormalizeImage": {"order": "chw"}}],
    "floats before the crop": [DECODE, NORMALIZE, CROP, FLIP, CHW],
}


def images() -> list[Path]:
    folder = SHARED / "varied_images"
    if not folder.is_dir():
        pytest.skip("no varied_images: set PPCLAS_TEST_DATA")
    return sorted(path for path in folder.iterdir() if path.suffix != ".csv")


def planned(plan: Plan, data: Any, seed: int) -> np.ndarray:
    image = plan.image(data, np.random.default_rng(seed))
    out = np.full(plan.shape(image), np.nan, np.float32)
    plan.write(image, out)
    return out


@pytest.mark.parametrize("name", PIPELINES)
def test_every_file_gives_what_the_plain_ops_give(name):
    pipeline, compared = build_pipeline(PIPELINES[name]), 0
    plan = Plan(pipeline)
    for path in images():
        data = path.read_bytes()
        try:
            expected = pipeline(data, np.random.default_rng(5))
        except BadImage as error:
            with pytest.raises(BadImage, match=re.escape(error.reason)):
                plan.image(data, np.random.default_rng(5))
            continue
        assert np.array_equal(planned(plan, data, 5), expected), path.name
        compared += 1
    assert compared > 150


def picture(height: int = 60, width: int = 80, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def encoded(image: np.ndarray) -> bytes:
    return cv2.imencode(".png", image)[1].tobytes()


class PartDecoder:
    """Decodes parts; can be told to say a wrong size, or to refuse."""

    def __init__(self, size: Any = None, refuse: bool = False) -> None:
        self.size_said, self.refuse, self.whole, self.parts = size, refuse, 0, 0

    def __call__(self, data: bytes) -> np.ndarray:
        self.whole += 1
        return DecodeImage()(data)

    def open(self, data: bytes) -> Any:
        decoder, image = self, DecodeImage()(data)

        class Opened:
            size = decoder.size_said or image.shape[:2]

            def region(self, box: Any) -> Optional[np.ndarray]:
                if decoder.refuse:
                    return None
                decoder.parts += 1
                return image[box.y : box.y + box.height, box.x : box.x + box.width]

        return Opened()


def test_a_decoder_of_parts_decodes_no_more_than_the_crop():
    pipeline, decoder = build_pipeline(PIPELINES["training"]), PartDecoder()
    plan, data = Plan(pipeline, decoder), encoded(picture())
    for seed in range(5):
        assert np.array_equal(planned(plan, data, seed), pipeline(data, np.random.default_rng(seed)))
    assert (decoder.parts, decoder.whole, plan.stages.counts) == (5, 0, {})


@pytest.mark.parametrize("decoder", [PartDecoder(refuse=True), PartDecoder(size=(7, 9), refuse=True)])
def test_what_a_decoder_of_parts_cannot_do_is_decoded_whole_with_the_same_draw_and_counted(decoder):
    pipeline, data = build_pipeline(PIPELINES["training"]), encoded(picture())
    plan = Plan(pipeline, decoder)
    for seed in range(5):
        assert np.array_equal(planned(plan, data, seed), pipeline(data, np.random.default_rng(seed)))
    assert plan.stages.counts == {WHOLE: 5}


class Brighter:
    """Keeps what it gets, as an op may."""

    ppclas_spec = Op("Brighter", "x:y")

    def __init__(self) -> None:
        self.seen: list[np.ndarray] = []

    def __call__(self, image: np.ndarray, rng: Any = None) -> np.ndarray:
        self.seen.append(image)
        return cv2.add(image, int(rng.integers(1, 20)))


def test_ops_between_crop_and_floats_run_as_they_are_and_own_their_images():
    ends = build_pipeline(PIPELINES["training"]).steps
    op = Brighter()
    pipeline = Pipeline([*ends[:3], Step("Brighter", op, op.ppclas_spec), *ends[3:]], lambda index: None)
    plan = Plan(pipeline)
    for seed, data in enumerate(encoded(picture(seed=seed)) for seed in range(3)):
        assert np.array_equal(planned(plan, data, seed), pipeline(data, np.random.default_rng(seed)))
    assert not np.shares_memory(op.seen[0], op.seen[2])


class Broken:
    def __call__(self, image: np.ndarray, rng: Any = None) -> np.ndarray:
        return image[:, 10**6]


def test_errors_name_op_and_sample_as_the_pipeline_does():
    steps = build_pipeline([DECODE, CROP]).steps
    plan = Plan(Pipeline([*steps, Step("Broken", Broken(), None)], lambda index: None))
    with pytest.raises(TransformError, match="op 'Broken' failed on 'a/b.png': IndexError"):
        plan.image(encoded(picture()), np.random.default_rng(0), "a/b.png")
    with pytest.raises(BadImage, match=r"a/c.png: not an image"):
        plan.image(b"text", np.random.default_rng(0), "a/c.png")


def test_times_are_measured_only_when_asked():
    from ppclas_core.data.timing import Stages

    pipeline, data = build_pipeline(PIPELINES["training"]), encoded(picture())
    quiet, timed = Plan(pipeline), Plan(pipeline, stages=Stages(timed=True))
    planned(quiet, data, 0)
    planned(timed, data, 0)
    assert quiet.stages.seconds == {}
    assert set(timed.stages.seconds) == {"decode", "RandCropImage", "NormalizeImage"}
    assert all(value > 0 for value in timed.stages.seconds.values())
