# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The size of an image is known before it is decoded, or it is not decoded."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest

from ppclas_core.data.opencv import cv2
from ppclas_serve.image_header import image_size
from ppclas_serve.model import check_image
from ppclas_serve.request_error import RequestError
from ppclas_serve.settings import Limits

PIXELS = np.random.default_rng(0).integers(0, 255, (37, 53, 3), dtype=np.uint8)


def png_bomb(side: int = 30000) -> bytes:
    """A PNG of a few kB that claims `side` squared pixels, and has them."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    stream = zlib.compressobj(9)
    rows = b"".join(stream.compress(bytes(1 + side // 8 + 1)) for _ in range(64)) + stream.flush()
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
            + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


def scan_bomb(side: int, scans: int) -> bytes:
    """A black progressive JPEG whose last scan is repeated."""
    data = cv2.imencode(".jpg", np.zeros((side, side, 3), np.uint8), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()
    last = data[data.rfind(b"\xff\xc4", 0, data.rindex(b"\xff\xda")):-2]  # its Huffman table and the scan
    return data[:-2] + last * (scans - data.count(b"\xff\xda")) + b"\xff\xd9"


@pytest.mark.parametrize(("suffix", "options"), [
    (".jpg", []), (".jpg", [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]), (".jpg", [cv2.IMWRITE_JPEG_RST_INTERVAL, 2]),
    (".png", []), (".bmp", []), (".webp", [cv2.IMWRITE_WEBP_QUALITY, 50]), (".webp", [cv2.IMWRITE_WEBP_QUALITY, 101]),
])
def test_the_size_is_that_of_the_decoder(suffix: str, options: Any) -> None:
    assert image_size(bytes(cv2.imencode(suffix, PIXELS, options)[1])) == (53, 37)


def test_pillow_writes_the_other_kinds() -> None:
    image = pytest.importorskip("PIL.Image").fromarray(PIXELS)
    exif = b"Exif\0\0II*\0\x08\0\0\0\0\0"
    for kind, options in (("GIF", {}), ("WEBP", {"exif": exif}), ("JPEG", {"exif": exif})):
        buffer = io.BytesIO()
        image.save(buffer, kind, **options)
        assert image_size(buffer.getvalue()) == (53, 37), kind


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp"])
def test_a_header_that_is_cut_off_or_broken_has_no_size_and_raises_nothing(suffix: str) -> None:
    data = bytes(cv2.imencode(suffix, PIXELS)[1])
    rng = np.random.default_rng(1)
    for length in range(30):
        image_size(data[:length])
    for _ in range(2000):
        broken = bytearray(data[:200])
        for place in rng.integers(2, 60, 3):
            broken[place] = rng.integers(0, 256)
        found = image_size(bytes(broken))
        assert found is None or min(found) >= 0


def test_the_pixels_of_a_thumbnail_inside_do_not_count() -> None:
    inner = bytes(cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8))[1])
    whole = bytes(cv2.imencode(".jpg", PIXELS)[1])
    segment = b"\xff\xe1" + struct.pack(">H", 2 + len(inner)) + inner
    assert image_size(whole[:2] + segment + whole[2:]) == (53, 37)


@pytest.mark.parametrize(("data", "status", "said"), [
    (png_bomb(), 413, "30000 x 30000 pixels"), (b"II*\0" + bytes(99), 400, "not a JPEG"), (b"", 400, "not a JPEG"),
    (scan_bomb(64, 65), 413, "more than 64 scans"), (scan_bomb(5000, 40), 413, "5000 x 5000 pixels in 40 scans"),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\x05", 400, "0 x 5 pixels"), (bytes(2000), 413, "2000 bytes"),
])
def test_what_is_too_large_or_unknown_is_refused(data: bytes, status: int, said: str) -> None:
    with pytest.raises(RequestError, match=said) as caught:
        check_image(data, Limits(image_bytes=1900 if len(data) == 2000 else 1 << 20))
    assert caught.value.status == status
