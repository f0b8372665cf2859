# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The fused pipeline returns, bit by bit, what the ops return one after the other."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Dict, List, Optional

import numpy as np
import pytest

from ppclas_core.api import ImageState, Op
from ppclas_core.data import BadImage, DecodeImage, build_pipeline
from ppclas_core.data.decoding.image_kinds import Encoded
from ppclas_core.data.errors import TransformError
from ppclas_core.data.fused import WHOLE, FusedPipeline
from ppclas_core.data.opencv import cv2
from ppclas_core.data.pipeline import Pipeline, Step

SHARED = Path(os.environ.get("PPCLAS_TEST_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
DECODE: Dict[str, Any] = {"DecodeImage": {}}
CROP: Dict[str, Any] = {"RandCropImage": {"size": [48, 40]}}
FLIP: Dict[str, Any] = {"RandFlipImage": {}}
NORMALIZE: Dict[str, Any] = {"NormalizeImage": {"scale": "1./255.", "order": ""}}
CHW: Dict[str, Any] = {"ToCHWImage": {}}
RESIZE: Dict[str, Any] = {"ResizeImage": {"resize_short": 64}}
CENTER: Dict[str, Any] = {"CropImage": {"size": 56}}
PIPELINES: Dict[str, List[Dict[str, Any]]] = {
    "training": [DECODE, CROP, FLIP, NORMALIZE, CHW],
    "without flip": [DECODE, CROP, NORMALIZE, CHW],
    "blue first, cubic, both ways": [{"DecodeImage": {"to_rgb": False}},
                                     {"RandCropImage": {"size": 40, "interpolation": 2}},
                                     {"RandFlipImage": {"flip_code": -1}}, NORMALIZE, CHW],
    "evaluation": [DECODE, RESIZE, CENTER, NORMALIZE, CHW],
    "flip before crop": [DECODE, FLIP, CROP, NORMALIZE, CHW],
    "planes before floats": [DECODE, CROP, FLIP, CHW, {"NormalizeImage": {"order": "chw"}}],
    "floats before the crop": [DECODE, NORMALIZE, CROP, FLIP, CHW],
}


def images() -> list[Path]:
    folder = SHARED / "varied_images"
    if not folder.is_dir():
        pytest.skip("no varied_images: set PPCLAS_TEST_DATA")
    return sorted(path for path in folder.iterdir() if path.suffix != ".csv")


def planned(plan: FusedPipeline, data: Any, seed: int) -> np.ndarray:
    image = plan.image(data, np.random.default_rng(seed))
    out = np.full(plan.shape(image), np.nan, np.float32)
    plan.write(image, out)
    return out


@pytest.mark.parametrize("name", PIPELINES)
def test_every_file_gives_what_the_plain_ops_give(name):
    pipeline, compared = build_pipeline(PIPELINES[name]), 0
    plan = FusedPipeline(pipeline)
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
    """Decoder of parts that can report a wrong size, or refuse."""

    def __init__(self, size: Any = None, refuse: bool = False) -> None:
        self.size_said, self.refuse, self.whole, self.parts = size, refuse, 0, 0

    def __call__(self, data: Encoded) -> np.ndarray:
        self.whole += 1
        return DecodeImage()(data)

    def open(self, data: Encoded) -> Any:
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
    plan, data = FusedPipeline(pipeline, decoder), encoded(picture())
    for seed in range(5):
        assert np.array_equal(planned(plan, data, seed), pipeline(data, np.random.default_rng(seed)))
    assert (decoder.parts, decoder.whole, plan.stages.counts) == (5, 0, {})


@pytest.mark.parametrize("decoder", [PartDecoder(refuse=True), PartDecoder(size=(7, 9), refuse=True)])
def test_what_a_decoder_of_parts_cannot_do_is_decoded_whole_with_the_same_draw_and_counted(decoder):
    pipeline, data = build_pipeline(PIPELINES["training"]), encoded(picture())
    plan = FusedPipeline(pipeline, decoder)
    for seed in range(5):
        assert np.array_equal(planned(plan, data, seed), pipeline(data, np.random.default_rng(seed)))
    assert plan.stages.counts == {WHOLE: 5}


class Brighter:
    """Op that keeps its input, as an op may."""

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
    plan = FusedPipeline(pipeline)
    for seed, data in enumerate(encoded(picture(seed=seed)) for seed in range(3)):
        assert np.array_equal(planned(plan, data, seed), pipeline(data, np.random.default_rng(seed)))
    assert not np.shares_memory(op.seen[0], op.seen[2])


class Corner:
    """A crop of a made-up plugin: the lower half of a random column, doubled."""

    ppclas_spec = Op("Corner", "x:y")

    def sample(self, rng: np.random.Generator, shape: Any) -> int:
        return int(rng.integers(0, shape[1] - 20))

    def region(self, draw: int, size: Any) -> Any:
        return draw, size[0] // 2, 20, size[0] // 2

    def from_region(self, part: np.ndarray, draw: int, out: Optional[np.ndarray] = None) -> np.ndarray:
        return np.repeat(part, 2, axis=0)

    def apply(self, image: np.ndarray, draw: int) -> np.ndarray:
        half = image.shape[0] // 2
        return self.from_region(image[half : 2 * half, draw : draw + 20], draw)

    def __call__(self, image: np.ndarray, rng: Any = None) -> np.ndarray:
        return self.apply(image, self.sample(rng, image.shape))


class Darker:
    """An op of a made-up plugin that works in place."""

    in_place = True

    def sample(self, rng: np.random.Generator, shape: Any) -> int:
        return int(rng.integers(1, 20))

    def apply(self, image: np.ndarray, draw: int, out: Optional[np.ndarray] = None) -> np.ndarray:
        return np.subtract(image, np.minimum(image, draw), out=out)

    def __call__(self, image: np.ndarray, rng: Any = None) -> np.ndarray:
        return self.apply(image, self.sample(rng, image.shape))


class Halved:
    """A normalisation of a made-up plugin that writes planes."""

    written = 0

    def out_state(self, state: ImageState) -> ImageState:
        return ImageState(state.layout, "float32", (0.0,), (2.0,))

    def write(self, hwc: np.ndarray, planes: np.ndarray) -> None:
        Halved.written += 1
        planes[...] = hwc.transpose(2, 0, 1) / np.float32(2)

    def __call__(self, image: np.ndarray, rng: Any = None) -> np.ndarray:
        return image / np.float32(2)


def made_up(*ops: Any) -> Pipeline:
    first, last = build_pipeline([DECODE]).steps, build_pipeline(PIPELINES["training"]).steps[-1]
    middle = [Step(type(op).__name__, op, getattr(op, "ppclas_spec", None)) for op in ops]
    return Pipeline([*first, *middle, last], lambda index: None)


def test_ops_of_a_plugin_take_the_fast_path_by_their_capabilities():
    pipeline, decoder, data = made_up(Corner(), Darker(), Halved()), PartDecoder(), encoded(picture())
    plan, before = FusedPipeline(pipeline, decoder), Halved.written
    for seed in range(5):
        assert np.array_equal(planned(plan, data, seed), pipeline(data, np.random.default_rng(seed)))
    assert (decoder.parts, decoder.whole) == (5, 0)
    assert Halved.written == before + 5


def test_a_subclass_that_overrides_only_call_is_called_without_an_epoch():
    class Mirrored(Corner):
        def apply(self, image: np.ndarray, draw: int) -> np.ndarray:
            return super().apply(image, draw)[:, ::-1]

    class Lighter(Darker):
        def __call__(self, image: np.ndarray, rng: Any = None) -> np.ndarray:
            return cv2.add(image, 5)

    class Doubled(Halved):
        def __call__(self, image: np.ndarray, rng: Any = None) -> np.ndarray:
            return image * np.float32(2)

    pipeline, decoder, data = made_up(Mirrored(), Lighter(), Doubled()), PartDecoder(), encoded(picture())
    before = Halved.written
    assert np.array_equal(planned(FusedPipeline(pipeline, decoder), data, 3), pipeline(data, np.random.default_rng(3)))
    assert (decoder.parts, decoder.whole, Halved.written) == (0, 1, before)
    lighter = made_up(Corner(), Lighter(), Halved())
    assert np.array_equal(planned(FusedPipeline(lighter, decoder), data, 3), lighter(data, np.random.default_rng(3)))
    assert decoder.parts == 1


def test_an_error_in_a_method_of_the_fast_path_names_op_and_sample():
    class Wrong(Corner):
        def from_region(self, part: np.ndarray, draw: int, out: Optional[np.ndarray] = None) -> np.ndarray:
            raise ZeroDivisionError

    with pytest.raises(TransformError, match="op 'Wrong' failed on 'a/b.png': ZeroDivisionError"):
        FusedPipeline(made_up(Wrong(), Halved())).image(encoded(picture()), np.random.default_rng(0), "a/b.png")


class Broken:
    def __call__(self, image: np.ndarray, rng: Any = None) -> np.ndarray:
        return image[:, 10**6]


def test_errors_name_op_and_sample_as_the_pipeline_does():
    steps = build_pipeline([DECODE, CROP]).steps
    plan = FusedPipeline(Pipeline([*steps, Step("Broken", Broken(), None)], lambda index: None))
    with pytest.raises(TransformError, match="op 'Broken' failed on 'a/b.png': IndexError"):
        plan.image(encoded(picture()), np.random.default_rng(0), "a/b.png")
    with pytest.raises(BadImage, match=r"a/c.png: not an image"):
        plan.image(b"text", np.random.default_rng(0), "a/c.png")


def test_times_are_measured_only_when_asked():
    from ppclas_core.data.timing import Stages

    pipeline, data = build_pipeline(PIPELINES["training"]), encoded(picture())
    quiet, timed = FusedPipeline(pipeline), FusedPipeline(pipeline, stages=Stages(timed=True))
    planned(quiet, data, 0)
    planned(timed, data, 0)
    assert quiet.stages.seconds == {}
    assert set(timed.stages.seconds) == {"decode", "RandCropImage", "NormalizeImage"}
    assert all(value > 0 for value in timed.stages.seconds.values())
