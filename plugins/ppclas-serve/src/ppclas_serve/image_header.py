# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of width and height from the header of an image file, before it is decoded.

Only formats whose header limits the memory of the decoder are supported: JPEG, PNG, WebP, BMP, GIF. A TIFF of a few
bytes can request gigabytes of tiles whatever its width and height are.
"""

from __future__ import annotations

import struct
from typing import Callable, Dict, Optional, Tuple, Union

Data = Union[bytes, bytearray]
Size = Optional[Tuple[int, int]]


def image_size(data: Data) -> Size:
    """Return (width, height) in pixels; None for another format, or a truncated or invalid header."""
    try:
        return next((read(data) for signature, read in _READERS.items() if data.startswith(signature)), None)
    except (struct.error, IndexError):
        return None


def _jpeg(data: Data) -> Size:
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        elif marker in (0xD8, 0xD9, 0xDA):
            return None
        else:
            at += 2 if marker == 0x01 or 0xD0 <= marker <= 0xD7 else 2 + struct.unpack_from(">H", data, at + 2)[0]
    return None


def _png(data: Data) -> Size:
    if data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _gif(data: Data) -> Size:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _bmp(data: Data) -> Size:
    (header,) = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<HH" if header == 12 else "<ii", data, 18)
    return abs(width), abs(height)  # a negative height means that the rows are stored top-down


def _riff(data: Data) -> Size:
    if data[8:12] != b"WEBP":
        return None
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    return None


_READERS: Dict[bytes, Callable[[Data], Size]] = {
    b"\xff\xd8": _jpeg, b"\x89PNG\r\n\x1a\n": _png, b"RIFF": _riff, b"BM": _bmp, b"GIF8": _gif,
}
