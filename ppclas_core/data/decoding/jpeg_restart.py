# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Extraction of a part of a JPEG at its restart markers, without decoding.

The MCUs of a JPEG are coded as a chain, which restart markers interrupt every few MCUs. If the markers divide each row
of MCUs evenly, the pieces that cover a box form a valid JPEG of that box, once the size in the header is replaced.
"""

from __future__ import annotations

import struct
from typing import List, NamedTuple, Optional, Tuple

import numpy as np

from ppclas_core.data.decoding.image_kinds import Encoded
from ppclas_core.data.decoding.jpeg_header import read_jpeg_header

_LEAST, _MOST, _BEST = 3, 16, 6  # MCUs between two restart markers
_CONTEXT = 2  # pixels around a box that chroma interpolation reads


class Grid(NamedTuple):
    """Division of a JPEG into pieces, with the properties from its header that a part needs.

    Args:
        height, width: size in pixels.
        mcu_height, mcu_width: size of one MCU in pixels.
        columns: number of pieces in a row of MCUs.
        frame: position of the SOF marker.
    """

    height: int
    width: int
    mcu_height: int
    mcu_width: int
    columns: int
    frame: int


def best_interval(mcus: int) -> int:
    """Return the number of MCUs between restart markers: a divisor of `mcus` near 6, else `mcus`.

    Shorter pieces fit a box more closely, but each piece costs about three bytes and a step of the decoder.
    """
    fitting = [number for number in range(_LEAST, min(_MOST, mcus) + 1) if mcus % number == 0]
    return min(fitting, key=lambda number: abs(number - _BEST)) if fitting else mcus


def row_interval(data: Encoded) -> int:
    """Return the restart interval for a JPEG; 0 if it cannot be divided."""
    header = read_jpeg_header(data)
    if header is None or header.components == 4 or header.orientation != 1:
        return 0
    return best_interval(_up(header.width, header.mcu_width))


def divide(data: bytes) -> Optional[Tuple[Grid, np.ndarray]]:
    """Return the grid of a JPEG with restart markers, and the start of each piece and the end of the last, uint32.

    The marker after a piece belongs to it. The result is None if the markers do not divide the rows evenly.
    """
    header = read_jpeg_header(data)
    if header is None or header.progressive or not header.interval or header.orientation != 1:
        return None
    across = _up(header.width, header.mcu_width)
    down = _up(header.height, header.mcu_height)
    if across % header.interval:
        return None
    coded = np.frombuffer(data, np.uint8, len(data) - header.scan, header.scan)
    after = coded[1:]
    # In coded data FF is followed by 00, so FF D0 to FF D7 is a marker, and FF D9 the end.
    marks = np.flatnonzero((coded[:-1] == 0xFF) & (after >= 0xD0) & (after <= 0xD9) & (after != 0xD8))
    columns = across // header.interval
    pieces = columns * down
    if len(marks) != pieces or after[marks[-1]] != 0xD9:
        return None
    if (after[marks[:-1]] != 0xD0 + np.arange(pieces - 1) % 8).any():
        return None
    starts = np.append(0, marks + 2) + header.scan
    if len(data) >= 2**32:
        return None
    grid = Grid(header.height, header.width, header.mcu_height, header.mcu_width, columns, header.frame)
    return grid, starts.astype(np.uint32)


def _up(size: int, step: int) -> int:
    """Return the number of steps that cover a size."""
    return -(-size // step)


class Window(NamedTuple):
    """The pieces that cover a box: columns left..right and MCU rows top..bottom.

    `height` and `width` are the size of the JPEG made of these pieces; (x, y) is the position of the box in it.
    """

    left: int
    right: int
    top: int
    bottom: int
    height: int
    width: int
    x: int
    y: int


class DividedJpeg:
    """JPEG whose restart markers divide it into pieces, stored in a container of `ppclas repack`.

    Args:
        data: bytes of the JPEG.
        grid, starts: results of `divide`.
    """

    def __init__(self, data: memoryview, grid: Grid, starts: np.ndarray) -> None:
        self.data = data
        self.grid = grid
        self.starts = starts

    @property
    def size(self) -> Tuple[int, int]:
        """(height, width) in pixels."""
        return self.grid.height, self.grid.width

    def whole(self) -> bytes:
        """Return the whole JPEG file."""
        return bytes(self.data)

    def cut(self, box: Tuple[int, int, int, int]) -> Tuple[bytearray, int, int]:
        """Return a JPEG that contains the box (x, y, width, height), and the position (x, y) of the box in it.

        Its pixels equal those of the whole image, as the neighbors needed for chroma interpolation are included.
        """
        left, right, top, bottom, height, width, x, y = self.window(box)
        starts = self.starts
        first = np.arange(top, bottom, dtype=np.int64) * self.grid.columns + left
        begins = starts[first].tolist()
        ends = starts[first + (right - left)].tolist()
        parts: List[Encoded] = [self._header(width, height)]
        parts += [self.data[begin:end] for begin, end in zip(begins, ends)]
        made = bytearray().join(parts)
        lengths = np.diff(starts[first[:, None] + np.arange(right - left + 1)].astype(np.int64), axis=1).ravel()
        marks = len(parts[0]) + np.cumsum(lengths) - 1
        pixels = np.frombuffer(made, np.uint8)
        pixels[marks] = 0xD0 + np.arange(len(marks)) % 8
        pixels[marks[-1]] = 0xD9
        return made, x, y

    def window(self, box: Tuple[int, int, int, int]) -> Window:
        """Return the pieces that cover a box (x, y, width, height)."""
        grid = self.grid
        x, y, width, height = box
        piece = grid.mcu_width * (_up(grid.width, grid.mcu_width) // grid.columns)
        context = _CONTEXT if max(grid.mcu_width, grid.mcu_height) > 8 else 0
        left = max(x - context, 0) // piece
        right = min(_up(x + width + context, piece), grid.columns)
        rows = (len(self.starts) - 1) // grid.columns
        top = max(y - context, 0) // grid.mcu_height
        bottom = min(_up(y + height + context, grid.mcu_height), rows)
        return Window(left, right, top, bottom, min(bottom * grid.mcu_height, grid.height) - top * grid.mcu_height,
                      min(right * piece, grid.width) - left * piece, x - left * piece, y - top * grid.mcu_height)

    def _header(self, width: int, height: int) -> bytes:
        head = bytearray(self.data[: self.starts[0]])
        struct.pack_into(">HH", head, self.grid.frame + 5, height, width)
        return bytes(head)
