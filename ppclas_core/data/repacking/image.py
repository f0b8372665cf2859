# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Repacking of one image: its JPEG is divided by restart markers if that changes no pixel, else stored unchanged."""

from __future__ import annotations

from typing import NamedTuple, Optional, Tuple

import numpy as np

from ppclas_core.data.decoding.decoders import Transcode
from ppclas_core.data.decoding.jpeg_restart import DividedJpeg, Grid, best_interval, divide, row_interval
from ppclas_core.data.errors import BadImage
from ppclas_core.data.opencv import cv2
from ppclas_core.data.readers.source import Source
from ppclas_core.data.transforms.decode import DecodeImage
from ppclas_core.data.transforms.resize import ResizeImage

_TRIED_BOXES = 3
_MCU = 16  # OpenCV writes 4:2:0
_NO_GRID = (0, 0, 0, 0, 0, 0)
AS_IT_WAS = "as it was"


class Options(NamedTuple):
    """Options of repacking.

    Args:
        transcode: inserts restart markers into a JPEG; None: only downscaled images are divided.
        resize_short: downscale images with a longer short side to this size in pixels, with loss of detail; 0: never.
        quality: quality of the downscaled JPEGs, 1 to 100.
    """

    transcode: Optional[Transcode] = None
    resize_short: int = 0
    quality: int = 95


class Packed(NamedTuple):
    """Repacked image: the file, the starts of its pieces (uint32), its `Grid`, and how it was repacked."""

    data: bytes
    starts: np.ndarray
    grid: Tuple[int, ...]
    kind: str
    length: int = 0
    crc: int = 0


def pack(source: Source, index: int, options: Options) -> Packed:
    """Repack image `index` of a source.

    Raises:
        BadImage: the file is missing or cannot be read.
    """
    data = source.read(index)
    try:
        pixels = DecodeImage()(data)
    except BadImage:
        return _kept(data, "cannot be decoded")
    kind = "divided"
    if options.resize_short and min(pixels.shape[:2]) > options.resize_short:
        pixels, data = _smaller(pixels, options)
        kind = "resized"
        written: Optional[bytes] = data
    elif options.transcode is None:
        return _kept(data, "")
    else:
        interval = row_interval(data)
        written = options.transcode(data, interval) if interval else None
        if written is None:
            return _kept(data, "no plain JPEG")
    assert written is not None
    divided = divide(written)
    if divided is None or not _same(written, divided, pixels):
        return _kept(data, "its pixels would change")
    grid, starts = divided
    return Packed(written, starts, tuple(grid), kind)


def _kept(data: bytes, reason: str) -> Packed:
    return Packed(data, np.empty(0, np.uint32), _NO_GRID, f"{AS_IT_WAS}: {reason}" if reason else AS_IT_WAS)


def _smaller(pixels: np.ndarray, options: Options) -> Tuple[np.ndarray, bytes]:
    """Return the pixels of the downscaled image, decoded from its JPEG, and the JPEG with restart markers."""
    small = ResizeImage(resize_short=options.resize_short, interpolation="area")(pixels)
    interval = best_interval(-(-small.shape[1] // _MCU))
    flags = [cv2.IMWRITE_JPEG_QUALITY, options.quality, cv2.IMWRITE_JPEG_RST_INTERVAL, interval]
    data: bytes = cv2.imencode(".jpg", small[:, :, ::-1], flags)[1].tobytes()
    return DecodeImage()(data), data


def _same(written: bytes, divided: Tuple[Grid, np.ndarray], pixels: np.ndarray) -> bool:
    """Return whether the whole JPEG and some boxes cut from it decode to the given pixels."""
    decode = DecodeImage()
    if not np.array_equal(decode(written), pixels):
        return False
    jpeg = DividedJpeg(memoryview(written), *divided)
    rng = np.random.default_rng(len(written))
    height, width = pixels.shape[:2]
    for _ in range(_TRIED_BOXES):
        left, right = sorted(rng.integers(0, width + 1, 2).tolist())
        top, bottom = sorted(rng.integers(0, height + 1, 2).tolist())
        if left == right or top == bottom:
            continue
        part, x, y = jpeg.cut((left, top, right - left, bottom - top))
        found = decode(part)[y : y + bottom - top, x : x + right - left]
        if not np.array_equal(found, pixels[top:bottom, left:right]):
            return False
    return True
