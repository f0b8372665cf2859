# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Every real and odd image file gives the pixels of the 2020 operators, bit by bit, or says why it cannot."""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path
from typing import Any, List, Optional

import numpy as np
import pytest

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
from ppclas_core.data.decoding.encoded_file import describe_file, is_cut_off
from ppclas_core.data.opencv import cv2

SHARED = Path(os.environ.get("PPCLAS_TEST_DATA") or Path(__file__).resolve().parents[4] / "shared" / "data")
FOLDER = SHARED / "varied_images"
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
EVALUATION: List[Any] = [DecodeImage(), ResizeImage(resize_short=256), CropImage(224),
              NormalizeImage("1./255.", MEAN, STD, ""), ToCHWImage()]


def files() -> list[dict[str, str]]:
    if not (FOLDER / "manifest.csv").is_file():
        pytest.skip("no varied_images: set PPCLAS_TEST_DATA")
    with open(FOLDER / "manifest.csv", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def decode_by_definition(data: bytes) -> Optional[np.ndarray]:
    """Decode to blue first, then reverse the last axis.

    None also for the files that OpenCV before 5.0 reads in another way, which ppclas settles itself: the first frame of
    an animation, the orientation of PNG and WebP, JPEGs that were cut off. `test_decoding.py` has their pixels.
    """
    facts = describe_file(data)
    odd = facts.kind in ("PNG", "WebP", "GIF") and (facts.animated or facts.frames > 1 or facts.orientation != 1)
    if int(cv2.__version__.split(".")[0]) < 5 and (odd or is_cut_off(data)):
        return None
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if image is None else image[:, :, ::-1]


def finish_by_definition(image: np.ndarray) -> np.ndarray:
    scaled = image.astype("float32") * np.float32(1.0 / 255.0)
    mean, std = (np.array(value).reshape(1, 1, 3).astype("float32") for value in (MEAN, STD))
    return ((scaled - mean) / std).transpose((2, 0, 1))


def evaluate_by_definition(image: np.ndarray) -> np.ndarray:
    """Resize the short side to 256 with half-to-even rounding, crop the center 224, normalize."""
    height, width = image.shape[:2]
    factor = 256.0 / min(width, height)
    image = cv2.resize(image, (round(width * factor), round(height * factor)))
    height, width = image.shape[:2]
    left, top = (width - 224) // 2, (height - 224) // 2
    return finish_by_definition(image[top : top + 224, left : left + 224, :])


def train_by_definition(image: np.ndarray, ratio: float, share: float, corner: tuple[float, float],
                        flip: bool) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """Crop and flip for given uniform draws: ratio, area (0..1 of its range), corner (0..1)."""
    height, width = image.shape[:2]
    side = math.sqrt(ratio)
    wide, tall = 1.0 * side, 1.0 / side
    bound = min((float(width) / height) / (wide**2), (float(height) / width) / (tall**2))
    most, least = min(1.0, bound), min(0.08, bound)
    length = math.sqrt(width * height * (least + (most - least) * share))
    w, h = int(length * wide), int(length * tall)
    x, y = int(corner[0] * (width - w + 1)), int(corner[1] * (height - h + 1))
    image = cv2.resize(image[y : y + h, x : x + w, :], (224, 224))
    return finish_by_definition(cv2.flip(image, 1) if flip else image), (x, y, w, h)


class Recorded:
    """Generator that returns given draws."""

    def __init__(self, ratio: float, share: float, corner: tuple[float, float]) -> None:
        self.uniforms, self.corner = [None, share], list(corner)
        self.ratio = ratio

    def uniform(self, low: float, high: float) -> float:
        share = self.uniforms.pop(0)
        return self.ratio if share is None else low + (high - low) * share

    def integers(self, low: int, high: int, endpoint: bool) -> int:
        assert endpoint
        return int(self.corner.pop(0) * (high - low + 1))


def test_every_decodable_file_gives_the_reference_evaluation_pixels():
    compared = 0
    for row in files():
        data = (FOLDER / row["file"]).read_bytes()
        image = decode_by_definition(data)
        if image is not None:
            assert np.array_equal(transform(data, EVALUATION), evaluate_by_definition(image)), row["file"]
            compared += 1
    assert compared > 150


def test_every_decodable_file_gives_the_reference_training_pixels_for_the_same_draw():
    rng, compared = np.random.default_rng(0), 0
    crop, flip = RandCropImage(224), RandFlipImage()
    for row in files():
        data = (FOLDER / row["file"]).read_bytes()
        image = decode_by_definition(data)
        if image is None or min(image.shape[:2]) < 8:  # 2020 could draw an empty box there
            continue
        draw = float(rng.uniform(3 / 4, 4 / 3)), float(rng.uniform()), tuple(rng.uniform(size=2))
        mirrored = bool(rng.integers(2))
        expected, place = train_by_definition(image, *draw, mirrored)
        recorded: Any = Recorded(*draw)
        box = crop.sample(recorded, image.shape)
        assert tuple(box) == place, row["file"]
        ours = flip.apply(crop.apply(DecodeImage()(data), box), mirrored)
        ours = ToCHWImage()(NormalizeImage("1./255.", MEAN, STD, "")(ours))
        assert np.array_equal(ours, expected), row["file"]
        compared += 1
    assert compared > 150


def test_every_undecodable_file_says_why():
    bad = [row["file"] for row in files() if row["cv2_shape"] == "None"]
    assert len(bad) > 10
    for name in bad:
        data = (FOLDER / name).read_bytes()
        if decode_by_definition(data) is not None:  # another version of OpenCV
            continue
        with pytest.raises(BadImage, match=r"empty|cannot be decoded|cut off|not an image"):
            transform(data, EVALUATION)


def test_orientation_is_applied_as_opencv_does():
    turned = ("5", "6", "7", "8")
    shapes = {row["file"]: row["cv2_shape"] for row in files() if row["exif_orientation"] in turned}
    assert len(shapes) > 5
    for name, shape in shapes.items():
        image = DecodeImage()((FOLDER / name).read_bytes())
        assert "x".join(map(str, image.shape)) == shape, name
