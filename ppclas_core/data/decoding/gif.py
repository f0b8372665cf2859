# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Decoder of the first frame of a GIF, for OpenCV before 4.12, which lacks one. CompuServe GIF89a (1990).

The pixels equal those of OpenCV 5: transparent pixels have the background color, as the canvas is filled with it.
"""

from __future__ import annotations

import struct
from typing import Iterator, List, Optional, Tuple

import numpy as np

from ppclas_core.data.decoding.image_kinds import Encoded

_EXTENSION, _IMAGE, _TRAILER, _GRAPHIC_CONTROL = 0x21, 0x2C, 0x3B, 0xF9
_HEADER = 13


def gif_blocks(data: Encoded) -> Iterator[Tuple[int, int]]:
    """Yield (introducer, position) of each block: extension 21, image 2C, trailer 3B; stop at a truncation."""
    if len(data) < _HEADER:
        return
    at = _HEADER + _table_size(data[10])
    while at < len(data):
        block = data[at]
        start = at
        if block == _EXTENSION:
            at += 2
        elif block == _IMAGE and at + 10 < len(data):
            at += 11 + _table_size(data[at + 9])
        else:
            if block == _TRAILER:
                yield block, start
            return
        while at < len(data) and data[at]:
            at += data[at] + 1
        if at >= len(data):
            return
        at += 1
        yield block, start


def read_gif(data: Encoded) -> Optional[np.ndarray]:
    """Return the first frame in BGR order: (H, W, 4) with transparency, else (H, W, 3); None if it is damaged."""
    blocks = list(gif_blocks(data))
    images = [at for block, at in blocks if block == _IMAGE]
    if not images or blocks[-1][0] != _TRAILER:
        return None
    width, height, flags, background = struct.unpack("<HHBB", bytes(data[6:12]))
    palette = _palette(data, _HEADER, flags)
    controls = [at for block, at in blocks if block == _EXTENSION and data[at + 1] == _GRAPHIC_CONTROL]
    transparent = [at for at in controls if data[at + 3] & 1]
    left, top, wide, tall, local = struct.unpack("<HHHHB", bytes(data[images[0] + 1 : images[0] + 10]))
    if not wide or not tall or left + wide > width or top + tall > height or width * height > 2**30:
        return None
    start = images[0] + 10
    colors = _palette(data, start, local) if local & 0x80 else palette
    pixels = _indices(data, start + _table_size(local), wide * tall)
    if pixels is None:
        return None
    canvas = np.zeros((height, width, 4 if transparent else 3), np.uint8)
    if flags & 0x80:
        canvas[..., :3] = palette[background]
    frame = pixels.reshape(tall, wide)
    if local & 0x40:
        frame = _interlaced(frame)
    target = canvas[top : top + tall, left : left + wide]
    own_control = [at for at in controls if at < images[0]][-1:]  # the last one before the first image
    shown = np.ones((tall, wide), bool)
    if own_control and data[own_control[0] + 3] & 1:
        shown = frame != data[own_control[0] + 6]
    target[..., :3][shown] = colors[frame[shown]]
    if transparent:
        target[..., 3][shown] = 255
    return canvas


def _table_size(flags: int) -> int:
    """Return the size of a color table in bytes."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _palette(data: Encoded, at: int, flags: int) -> np.ndarray:
    """Return the color table (256, 3) in BGR order; gray levels if there is no table."""
    colors = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    table = bytes(data[at : at + _table_size(flags)])
    if flags & 0x80:
        colors[: len(table) // 3] = np.frombuffer(table, np.uint8).reshape(-1, 3)[:, ::-1]
    return colors


def _interlaced(rows: np.ndarray) -> np.ndarray:
    """Return the rows of an interlaced frame from top to bottom."""
    ordered = np.empty_like(rows)
    at = 0
    for first, step in ((0, 8), (4, 8), (2, 4), (1, 2)):
        count = len(range(first, len(rows), step))
        ordered[first::step] = rows[at : at + count]
        at += count
    return ordered


def _indices(data: Encoded, at: int, count: int) -> Optional[np.ndarray]:
    """Decode `count` LZW-coded color indices; the code size is at `at`. Return None for a wrong count or code."""
    least = data[at]
    if not 2 <= least <= 8:  # an index is a byte
        return None
    parts: List[bytes] = []
    at += 1
    while data[at]:
        parts.append(bytes(data[at + 1 : at + 1 + data[at]]))
        at += data[at] + 1
    coded = b"".join(parts)
    clear = 1 << least
    base: List[bytes] = [bytes([index]) for index in range(clear)] + [b"", b""]
    table = list(base)
    bits = least + 1  # of a code
    previous = b""
    out = bytearray()
    held = number = 0  # bits that are not decoded yet, and their number
    length = 0
    for byte in coded:
        held |= byte << number
        number += 8
        while number >= bits:
            code = held & ((1 << bits) - 1)
            held >>= bits
            number -= bits
            if code == clear:
                table = list(base)
                bits = least + 1
                previous = b""
                continue
            if code == clear + 1:
                return np.frombuffer(bytes(out), np.uint8) if length == count else None
            if code < len(table):
                found = table[code]
            elif code == len(table) and previous:
                found = previous + previous[:1]
            else:
                return None
            out += found
            length += len(found)
            if length > count:
                return None
            if previous and len(table) < 4096:
                table.append(previous + found[:1])
                if len(table) == 1 << bits and bits < 12:
                    bits += 1
            previous = found
    return None
