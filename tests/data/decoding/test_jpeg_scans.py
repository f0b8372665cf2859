# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A JPEG with thousands of scans is refused before a decoder processes each of them."""

from __future__ import annotations

import time

import numpy as np
import pytest

from ppclas_core.data import BadImage, DecodeImage
from ppclas_core.data.decoding.jpeg_scans import MAX_SCANS, count_scans, refused_scans
from ppclas_core.data.opencv import cv2

PIXELS = np.random.default_rng(0).integers(0, 255, (40, 56, 3)).astype(np.uint8)
BASELINE = cv2.imencode(".jpg", PIXELS)[1].tobytes()
PROGRESSIVE = cv2.imencode(".jpg", PIXELS, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()


def jpeg_of_scans(side: int, scans: int) -> bytes:
    """A black progressive JPEG of a side, its last scan repeated."""
    data = cv2.imencode(".jpg", np.zeros((side, side, 3), np.uint8), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()
    last = data[data.rfind(b"\xff\xc4", 0, data.rindex(b"\xff\xda")):-2]  # its Huffman table and the scan
    return data[:-2] + last * (scans - data.count(b"\xff\xda")) + b"\xff\xd9"


def test_scans_are_counted_and_those_of_a_thumbnail_are_not():
    assert count_scans(BASELINE) == 1
    assert count_scans(PROGRESSIVE) == PROGRESSIVE.count(b"\xff\xda") == 10
    segment = b"\xff\xe1" + (2 + len(PROGRESSIVE)).to_bytes(2, "big") + PROGRESSIVE
    assert count_scans(BASELINE[:2] + segment + BASELINE[2:]) == 1
    assert count_scans(PROGRESSIVE[:2] + segment + PROGRESSIVE[2:]) == 10
    assert count_scans(PROGRESSIVE[:-2] + b"\xff\xd9" + PROGRESSIVE[2:]) == 10  # a second image behind the first
    assert count_scans(cv2.imencode(".png", PIXELS)[1].tobytes()) == 0


def test_a_decoder_never_reaches_a_second_scan_behind_a_whole_sequential_one():
    scan = BASELINE[BASELINE.index(b"\xff\xda"):-2]
    more = BASELINE[:-2] + scan * 200 + b"\xff\xd9"
    assert count_scans(more) == 1
    np.testing.assert_array_equal(DecodeImage()(more), DecodeImage()(BASELINE))


@pytest.mark.parametrize("scans", [MAX_SCANS, MAX_SCANS + 1, 3000])
def test_the_limit_is_exact_and_a_refusal_takes_no_time(scans: int):
    data = jpeg_of_scans(64, scans)
    if scans <= MAX_SCANS:
        assert count_scans(data) == scans
        assert DecodeImage()(data).shape == (64, 64, 3)
        return
    large = jpeg_of_scans(3000, scans)
    started = time.process_time()
    with pytest.raises(BadImage, match=f"more than {MAX_SCANS} scans"):
        DecodeImage()(large)
    assert time.process_time() - started < 0.5  # decoding 3,000 scans of 9 megapixels takes a minute


def test_no_bytes_whatever_raise_and_none_takes_long():
    rng = np.random.default_rng(0)
    for _ in range(300):
        data = bytearray(PROGRESSIVE)
        for place in rng.integers(2, len(data), 5):
            data[place] = rng.integers(0, 256)
        count_scans(data[:rng.integers(0, len(data))])
    assert refused_scans(b"\xff\xd8" + b"\xff\xe0\x00\x02" * 200_000) is not None  # segments without an end
