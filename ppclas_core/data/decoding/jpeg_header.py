# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of JPEG headers (size, MCU size, orientation), and check for the end marker, without decoding.

An MCU (minimum coded unit) is the block of pixels, 8x8 to 32x32, that the JPEG format codes at once.

ITU-T T.81 (1992), Exif 2.3.
"""

from __future__ import annotations

import re
import struct
from typing import NamedTuple, Optional

from ppclas_core.data.decoding.image_kinds import Encoded

_SOF = frozenset({0xC0, 0xC1, 0xC2})
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_EXIF = b"Exif\0\0"
_END = b"\xff\xd9"
_MARKER = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])")
"""Marker that ends the image or begins a segment; not an escaped FF, fill byte or standalone marker."""


class JpegHeader(NamedTuple):
    """Header of a JPEG file.

    Args:
        width, height: stored size in pixels, before the orientation is applied.
        components: 1, 3 or 4.
        mcu_width, mcu_height: size of one MCU in pixels.
        progressive: whether the file is not a single sequential scan of all components.
        interval: MCUs between restart markers, 0 for none.
        frame: position of the FF of the SOF marker.
        scan: position of the first entropy-coded byte.
        orientation: Exif orientation 1..8, 1 if there is none; 0 if decoders may interpret it differently.
    """

    width: int
    height: int
    components: int
    mcu_width: int
    mcu_height: int
    progressive: bool
    interval: int
    frame: int
    scan: int
    orientation: int


def read_jpeg_header(data: Encoded) -> Optional[JpegHeader]:
    """Read the header of a JPEG up to its first scan; return None for other files, rare kinds and damaged headers."""
    if bytes(data[:3]) != b"\xff\xd8\xff":
        return None
    position = 2
    interval = 0
    orientation: Optional[int] = None
    frame: Optional[int] = None
    extra = False  # whether there is an APP1 segment other than Exif
    sof = b""
    size = len(data)
    while position + 4 <= size and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:  # fill byte
            position += 1
            continue
        if marker in _ALONE:
            return None
        length = data[position + 2] << 8 | data[position + 3]
        if length < 2 or position + 2 + length > size:
            return None
        if marker == 0xE1:
            body = bytes(data[position + 4 : position + 2 + length])
            if not body.startswith(_EXIF):
                extra = True
            else:
                orientation = 0 if orientation is not None else exif_orientation(body[len(_EXIF) :])
        elif marker == 0xDD:
            if length < 4:
                return None
            interval = data[position + 4] << 8 | data[position + 5]
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            if marker not in _SOF or frame is not None:
                return None
            frame = position
            sof = bytes(data[position + 1 : position + 2 + length])
        elif marker == 0xDA:
            if frame is None or length < 3:
                return None
            if extra and orientation not in (None, 1):  # decoders differ in which of two APP1 segments they use
                orientation = 0
            return _header(sof, data[position + 4], interval, frame, position + 2 + length,
                           1 if orientation is None else orientation)
        position += 2 + length
    return None


def _header(sof: bytes, in_scan: int, interval: int, frame: int, scan: int, orientation: int) -> Optional[JpegHeader]:
    if len(sof) < 9:
        return None
    precision, height, width, components = struct.unpack(">BHHB", sof[3:9])
    if precision != 8 or not height or not width or components not in (1, 3, 4) or len(sof) < 9 + 3 * components:
        return None
    factors = sof[10 : 9 + 3 * components : 3]
    wide = max(factor >> 4 for factor in factors)
    tall = max(factor & 15 for factor in factors)
    if components == 1:  # a single component: the MCU is one block
        wide = tall = 1
    progressive = sof[0] == 0xC2 or in_scan != components
    return JpegHeader(width, height, components, 8 * wide, 8 * tall, progressive, interval, frame, scan, orientation)


def exif_orientation(tiff: bytes) -> int:
    """Return the orientation tag of the first directory, 1..8; 1 if it has none, 0 for irregular data."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return 0
    (at,) = struct.unpack(order + "I", tiff[4:8])
    if at + 2 > len(tiff):
        return 0
    (count,) = struct.unpack(order + "H", tiff[at : at + 2])
    if at + 2 + 12 * count > len(tiff):
        return 0
    for entry in range(count):
        tag, kind, values, value = struct.unpack(order + "HHIH", tiff[at + 2 + 12 * entry : at + 12 + 12 * entry])
        if tag == 0x0112:
            return value if (kind, values) == (3, 1) and 1 <= value <= 8 else 0
    return 1


def jpeg_has_end(data: Encoded) -> bool:
    """Return whether an end-of-image marker follows the first scan of a JPEG.

    A file without it is truncated. OpenCV up to 4.10 and libjpeg fill the missing part with gray.
    """
    if bytes(data[-2:]) == _END:
        return True
    at = 2
    size = len(data)
    while True:
        found = _MARKER.search(data, at)
        if found is None:
            return False
        at = found.end()
        if found[1] == _END[1:]:
            return True
        # Skip the segment; its content, such as a thumbnail, may have its own end marker.
        at += data[at] << 8 | data[at + 1] if at + 2 <= size else size
