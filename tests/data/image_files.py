# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Image files that OpenCV does not write: PNG with any depth, chunks and frames, GIF, animated WebP, cut JPEG."""

from __future__ import annotations

import struct
import zlib
from typing import Optional, Sequence, Tuple

import numpy as np

from ppclas_core.data.opencv import cv2


def picture(height: int = 24, width: int = 36, seed: int = 0, channels: int = 3) -> np.ndarray:
    """Smooth colors, red first."""
    small = np.random.default_rng(seed).integers(0, 256, (4, 6, channels)).astype(np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def jpeg(image: np.ndarray, *flags: int) -> bytes:
    return cv2.imencode(".jpg", image[..., ::-1], list(flags))[1].tobytes()


def webp(image: np.ndarray) -> bytes:
    """Lossless, of (H, W, 3) or (H, W, 4), red first."""
    order = cv2.COLOR_RGB2BGR if image.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
    return cv2.imencode(".webp", cv2.cvtColor(image, order), [cv2.IMWRITE_WEBP_QUALITY, 101])[1].tobytes()


def exif(orientation: int) -> bytes:
    return b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _rows(pixels: np.ndarray) -> bytes:
    stored = pixels.astype(">u2") if pixels.dtype == np.uint16 else pixels
    return zlib.compress(b"".join(b"\0" + row.tobytes() for row in stored))


def png(pixels: np.ndarray, *before: Tuple[bytes, bytes], frames: Sequence[np.ndarray] = (),
        default_is_first: bool = True) -> bytes:
    """A PNG of (H, W), (H, W, 2), (H, W, 3) or (H, W, 4), uint8 or uint16; `before`: chunks; `frames`: animated."""
    height, width = pixels.shape[:2]
    color = {1: 0, 2: 4, 3: 2, 4: 6}[1 if pixels.ndim == 2 else pixels.shape[2]]
    header = struct.pack(">IIBBBBB", width, height, 8 * pixels.dtype.itemsize, color, 0, 0, 0)
    parts = [b"\x89PNG\r\n\x1a\n", _chunk(b"IHDR", header), *(_chunk(*chunk) for chunk in before)]
    number = 0

    def control() -> bytes:
        return _chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, width, height, 0, 0, 1, 10, 0, 0))

    if frames:
        parts.append(_chunk(b"acTL", struct.pack(">II", len(frames) + default_is_first, 0)))
        if default_is_first:
            parts.append(control())
            number += 1
    parts.append(_chunk(b"IDAT", _rows(pixels)))
    for frame in frames:
        parts.append(control())
        parts.append(_chunk(b"fdAT", struct.pack(">I", number + 1) + _rows(frame)))
        number += 2
    return b"".join([*parts, _chunk(b"IEND", b"")])


def float_tiff(pixels: np.ndarray) -> bytes:
    """A TIFF of (H, W, 3) float32, uncompressed."""
    height, width = pixels.shape[:2]
    body = pixels.astype("<f4").tobytes()
    entries = [(256, 3, 1, width), (257, 3, 1, height), (258, 3, 3, 8 + len(body)), (259, 3, 1, 1), (262, 3, 1, 2),
               (273, 4, 1, 8), (277, 3, 1, 3), (278, 3, 1, height), (279, 4, 1, len(body)), (339, 3, 3, 14 + len(body))]
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4)
    return b"II*\0" + struct.pack("<I", 20 + len(body)) + body + struct.pack("<6H", 32, 32, 32, 3, 3, 3) + directory


def _webp_chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _int24(value: int) -> bytes:
    return struct.pack("<I", value)[:3]


def _riff(flags: int, height: int, width: int, body: bytes) -> bytes:
    size = _int24(width - 1) + _int24(height - 1)
    body = b"WEBP" + _webp_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + size) + body
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_with_orientation(image: np.ndarray, orientation: int) -> bytes:
    height, width = image.shape[:2]
    return _riff(8, height, width, webp(image)[12:] + _webp_chunk(b"EXIF", exif(orientation)))


def animated_webp(canvas: Tuple[int, int], *frames: Tuple[int, int, np.ndarray]) -> bytes:
    """Frames (y, x, pixels) at even places of a canvas (height, width)."""
    body = _webp_chunk(b"ANIM", bytes(6))
    for y, x, image in frames:
        box = _int24(x // 2) + _int24(y // 2) + _int24(image.shape[1] - 1) + _int24(image.shape[0] - 1)
        body += _webp_chunk(b"ANMF", box + _int24(50) + b"\2" + webp(image)[12:])
    return _riff(0x12 if frames[0][2].shape[2] == 4 else 2, *canvas, body)


def gif(canvas: Tuple[int, int], colors: np.ndarray, *frames: Tuple[int, int, np.ndarray],
        transparent: Optional[int] = None, background: int = 0, interlaced: bool = False) -> bytes:
    """Frames (y, x, indices) of one palette of 8 colors, coded without compression."""
    height, width = canvas
    parts = [b"GIF89a", struct.pack("<HHBBB", width, height, 0xF2, background, 0), colors.tobytes()]
    for y, x, indices in frames:
        if transparent is not None:
            parts.append(b"\x21\xf9\x04" + struct.pack("<BHBB", 1, 5, transparent, 0))
        rows = indices
        if interlaced:
            rows = np.concatenate([indices[first::step] for first, step in ((0, 8), (4, 8), (2, 4), (1, 2))])
        parts.append(b"\x2c" + struct.pack("<HHHHB", x, y, indices.shape[1], indices.shape[0], 0x40 * interlaced))
        parts.append(_lzw(rows.ravel().tolist()))
    return b"".join([*parts, b"\x3b"])


def _lzw(indices: Sequence[int]) -> bytes:
    """Codes of 4 bits: the table is cleared before a longer code would be needed."""
    codes = [8]
    for number, index in enumerate(indices):
        codes.append(index)
        if number % 6 == 5:
            codes.append(8)
    codes.append(9)
    codes += [0] * (len(codes) % 2)
    coded = bytes(low | high << 4 for low, high in zip(codes[::2], codes[1::2]))
    blocks = [coded[start : start + 255] for start in range(0, len(coded), 255)]
    return b"\3" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"
