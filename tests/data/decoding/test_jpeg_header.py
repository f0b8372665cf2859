# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""JPEG headers are read as OpenCV reads them; other data gives None and never an exception."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from ppclas_core.data import BadImage, DecodeImage
from ppclas_core.data.decoding.jpeg_header import read_jpeg_header
from ppclas_core.data.decoding.orientation import stored_box, upright
from ppclas_core.data.opencv import cv2

SHARED = Path(os.environ.get("PPCLAS_TEST_DATA") or Path(__file__).resolve().parents[4] / "shared" / "data")


def jpeg(height: int = 40, width: int = 56, *flags: int) -> bytes:
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)
    return cv2.imencode(".jpg", image, list(flags))[1].tobytes()


def test_size_blocks_and_interval():
    header = read_jpeg_header(jpeg(40, 56, cv2.IMWRITE_JPEG_RST_INTERVAL, 3))
    assert header is not None
    assert (header.height, header.width, header.components) == (40, 56, 3)
    assert (header.mcu_width, header.mcu_height) == (16, 16)
    assert (header.interval, header.progressive, header.orientation) == (3, False, 1)
    tall = read_jpeg_header(jpeg(40, 56, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
                                 cv2.IMWRITE_JPEG_PROGRESSIVE, 1))
    assert tall is not None
    assert (tall.mcu_width, tall.mcu_height, tall.progressive) == (8, 8, True)


def test_every_real_file_has_the_size_that_opencv_gives_it():
    folder = SHARED / "varied_images"
    if not folder.is_dir():
        pytest.skip("no varied_images: set PPCLAS_TEST_DATA")
    compared = 0
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        header = read_jpeg_header(data)
        if header is None or not header.orientation:
            continue
        try:
            height, width = DecodeImage()(data).shape[:2]
        except BadImage:
            continue
        size = (header.width, header.height) if header.orientation >= 5 else (header.height, header.width)
        assert size == (height, width), path.name
        compared += 1
    assert compared > 80


def test_random_bytes_never_raise():
    rng, data = np.random.default_rng(0), jpeg()
    whole = read_jpeg_header(data)
    assert whole is not None
    for length in range(whole.scan):
        assert read_jpeg_header(data[:length]) is None
    for _ in range(20_000):
        broken = bytearray(data[: int(rng.integers(2, len(data)))])
        for place in rng.integers(2, min(len(broken), whole.scan) + 1, 3):
            if place < len(broken):
                broken[place] = rng.integers(256)
        read_jpeg_header(bytes(broken))
    for _ in range(20_000):
        kinds = rng.choice([0xC0, 0xC2, 0xC4, 0xDA, 0xDD, 0xE1, 0xFF, 0xD8], 4)
        parts = [bytes([0xFF, kind, 0, int(rng.integers(0, 14)), *rng.integers(0, 256, rng.integers(0, 14))])
                 for kind in kinds]
        read_jpeg_header(b"\xff\xd8" + b"".join(parts))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_boxes_and_pixels_are_rotated_alike(orientation):
    stored = np.random.default_rng(0).integers(0, 256, (7, 11, 3)).astype(np.uint8)
    image = upright(stored, orientation)
    rng = np.random.default_rng(1)
    for _ in range(50):
        (x, right), (y, bottom) = np.sort(rng.integers(0, image.shape[1] + 1, 2)), np.sort(
            rng.integers(0, image.shape[0] + 1, 2))
        if x == right or y == bottom:
            continue
        a, b, wide, tall = stored_box((int(x), int(y), int(right - x), int(bottom - y)), orientation, 11, 7)
        part = upright(np.ascontiguousarray(stored[b : b + tall, a : a + wide]), orientation)
        assert np.array_equal(part, image[y:bottom, x:right])
