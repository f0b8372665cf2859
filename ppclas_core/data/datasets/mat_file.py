# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reader of numeric matrices in MATLAB 5 files. MathWorks, "MAT-File Format" (2019)."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

import numpy as np

from ppclas_core.errors import UserError

_TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_MATRIX, _COMPRESSED = 14, 15
_NUMERIC = range(6, 16)
_HEADER = 128


def read_mat(path: Path) -> Dict[str, np.ndarray]:
    """Return name -> array of every real numeric matrix in the file; cells, structures and strings are ignored.

    Raises:
        UserError: the file is missing or has another format.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    order = {b"IM": "<", b"MI": ">"}.get(data[126:_HEADER])
    if order is None:
        raise UserError("is not a MATLAB 5 file", where=str(path),
                        do="save a MATLAB 7.3 file again with save('-v7', ...)")
    found: Dict[str, np.ndarray] = {}
    try:
        for kind, body in _elements(data[_HEADER:], order):
            if kind == _COMPRESSED:
                ((kind, body),) = _elements(zlib.decompress(body), order)
            if kind == _MATRIX:
                found.update(_matrix(list(_elements(body, order)), order))
    except (struct.error, ValueError, zlib.error, IndexError) as error:
        raise UserError(f"is damaged: {error}", where=str(path)) from error
    return found


def _elements(data: bytes, order: str) -> Iterator[Tuple[int, bytes]]:
    """Yield (type, content) of consecutive elements."""
    at = 0
    while at < len(data):
        (kind,) = struct.unpack_from(order + "I", data, at)
        if kind >> 16:  # small element: length in the upper half, then the content
            yield kind & 0xFFFF, data[at + 4 : at + 4 + (kind >> 16)]
            at += 8
            continue
        (length,) = struct.unpack_from(order + "I", data, at + 4)
        if at + 8 + length > len(data):
            raise ValueError("it is cut off")
        yield kind, data[at + 8 : at + 8 + length]
        at += 8 + length + (0 if kind == _COMPRESSED else -length % 8)


def _matrix(parts: List[Tuple[int, bytes]], order: str) -> Dict[str, np.ndarray]:
    """Return name -> matrix from (flags, dimensions, name, values); empty if it is not real and numeric."""
    flags = struct.unpack(order + "II", parts[0][1])[0]
    if flags & 0xFF not in _NUMERIC or flags & 0x800:  # another class, or complex
        return {}
    shape = np.frombuffer(parts[1][1], order + "i4")
    kind, content = parts[3]
    values = np.frombuffer(content, order + _TYPES[kind]) if kind in _TYPES else np.empty(0)
    return {parts[2][1].decode("ascii"): values.reshape(shape, order="F")}
