# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Extraction of the first frame of an animated PNG or WebP as a separate file.

It makes all versions of OpenCV decode the same pixels: before 4.11 OpenCV does not read animated WebP, and before 4.12
it reads the default image of a PNG in place of its first frame.
"""

from __future__ import annotations

import struct
import zlib
from typing import List, NamedTuple, Optional, Tuple

from ppclas_core.data.decoding.encoded_file import png_chunks, webp_chunks
from ppclas_core.data.decoding.image_kinds import Encoded

_PNG_ANIMATION = frozenset({b"acTL", b"fcTL", b"fdAT"})
_WEBP_PIXELS = frozenset({b"ALPH", b"VP8 ", b"VP8L"})


class FirstFrame(NamedTuple):
    """Still image file with its position: `canvas` is (height, width) of the canvas, `at` is (y, x) of the image.

    `canvas` is None if the image covers the canvas.
    """

    data: bytes
    canvas: Optional[Tuple[int, int]] = None
    at: Tuple[int, int] = (0, 0)


def first_frame_of_png(data: Encoded) -> FirstFrame:
    """Return the first frame of an animation.

    The result is the default image if that is the first frame, or if the first frame has another size.
    """
    data = bytes(data)
    before: List[bytes] = []
    default: List[bytes] = []
    frame: List[bytes] = []
    size: Optional[Tuple[int, int, int, int]] = None
    for name, start, end in png_chunks(data):
        body = data[start:end]
        if name == b"fcTL":
            if size is not None:  # the second frame
                break
            size = struct.unpack(">IIII", body[4:20])
            if not default:
                frame = default  # the following IDAT chunks fill it
        elif name == b"IDAT":
            default.append(body)
        elif name == b"fdAT":
            frame.append(body[4:])
        elif name not in _PNG_ANIMATION and not default:
            before.append(_png_chunk(name, body))
    whole = struct.unpack(">II", data[16:24])
    if not frame or size is None or size[:2] != whole:
        frame = default
    pixels = [_png_chunk(b"IDAT", part) for part in frame]
    return FirstFrame(b"".join([data[:8], *before, *pixels, _png_chunk(b"IEND", b"")]))


def first_frame_of_webp(data: Encoded) -> Optional[FirstFrame]:
    """Return the first frame of an animation; None if it is damaged."""
    data = bytes(data)
    canvas = _int24(data, 27) + 1, _int24(data, 24) + 1
    for name, start, end in webp_chunks(data):
        if name != b"ANMF":
            continue
        width = _int24(data, start + 6) + 1
        height = _int24(data, start + 9) + 1
        at = 2 * _int24(data, start + 3), 2 * _int24(data, start)
        parts = [(kind, data[first:last]) for kind, first, last in webp_chunks(data, start + 16, end)
                 if kind in _WEBP_PIXELS]
        if not parts or at[0] + height > canvas[0] or at[1] + width > canvas[1]:
            return None
        flags = 0x10 if parts[0][0] == b"ALPH" else 0
        extended = bytes([flags, 0, 0, 0]) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
        chunks = parts if not flags else [(b"VP8X", extended), *parts]
        body = b"WEBP" + b"".join(_webp_chunk(kind, part) for kind, part in chunks)
        return FirstFrame(b"RIFF" + struct.pack("<I", len(body)) + body,
                          None if (height, width) == canvas else canvas, at)
    return None


def _int24(data: bytes, at: int) -> int:
    return data[at] | data[at + 1] << 8 | data[at + 2] << 16


def _png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _webp_chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
