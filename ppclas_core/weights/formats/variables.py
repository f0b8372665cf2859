# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Legacy variable file: one tensor as written by `fluid.io.save_vars`, and folders of such files.

Little-endian: uint32 0; uint64 0 (levels of detail); uint32 0; int32 n; n bytes of a protobuf description (field 1:
type of the values, field 2: shape); the values.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import BinaryIO, Dict, List, Mapping

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.weights.formats import protobuf_wire as wire

_DTYPES = {0: "?", 1: "<i2", 2: "<i4", 3: "<i8", 4: "<f2", 5: "<f4", 6: "<f8", 20: "u1", 21: "i1", 22: "<u2"}
_HEADER = struct.Struct("<IQIi")
_NOT_VARIABLES = (".txt", ".md", ".json", ".yaml", ".yml", ".log", ".pdf")


def read_variable(file: BinaryIO) -> np.ndarray:
    """Read the next tensor of a stream.

    Raises:
        ValueError: the bytes are not a variable, or are truncated.
    """
    version, levels, tensor_version, size = _HEADER.unpack(_exactly(file, _HEADER.size))
    if version or levels or tensor_version or not 0 < size < 4096:
        raise ValueError("it does not begin with the header of a variable")
    code = -1
    shape: List[int] = []
    for number, value in wire.fields(_exactly(file, size)):
        if number == 1 and isinstance(value, int):
            code = value
        elif number == 2:
            shape.extend(wire.numbers(value))
    if code not in _DTYPES:
        raise ValueError(f"values of unknown type {code}")
    dtype = np.dtype(_DTYPES[code])
    data = _exactly(file, int(np.prod(shape, dtype=np.int64)) * dtype.itemsize)
    return np.frombuffer(data, dtype).reshape(shape)


def write_variable(file: BinaryIO, array: np.ndarray) -> None:
    """Append one tensor to a stream.

    Raises:
        ValueError: the format does not support the dtype.
    """
    codes = {np.dtype(text).newbyteorder("="): code for code, text in _DTYPES.items()}
    dtype = array.dtype.newbyteorder("=")
    if dtype not in codes:
        raise ValueError(f"a variable file cannot hold {array.dtype} values")
    description = b"\x08" + wire.varint(codes[dtype])
    description += b"".join(b"\x10" + wire.varint(size) for size in array.shape)
    file.write(_HEADER.pack(0, 0, 0, len(description)) + description)
    file.write(np.asarray(array, dtype=dtype.newbyteorder("<"), order="C").tobytes())


def read_variables(folder: Path) -> Dict[str, np.ndarray]:
    """Return file name -> array of all variable files of a folder.

    Raises:
        UserError: a file is damaged or not a variable, or the folder has none.
    """
    arrays = {}
    for path in sorted(folder.iterdir()):
        skip = path.name.startswith((".", "__model__")) or path.suffix.lower() in _NOT_VARIABLES
        if path.is_file() and not skip:
            arrays[path.name] = read_variable_file(path)
    if not arrays:
        raise UserError("the folder holds no weights", where=str(folder))
    return arrays


def read_variable_file(path: Path) -> np.ndarray:
    """Return the tensor of a variable file.

    Raises:
        UserError: the file is not a variable, is damaged, or has surplus bytes.
    """
    data = path.read_bytes()
    stream = io.BytesIO(data)
    try:
        array = read_variable(stream)
        if stream.tell() != len(data):
            raise ValueError(f"{len(data) - stream.tell()} bytes too many")
        return array
    except ValueError as error:
        raise UserError(f"not a whole variable file ({error})", where=str(path),
                        do="copy or download the folder again") from error


def write_variables(folder: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write one file per tensor into an existing folder; the keys become file names."""
    for name, array in arrays.items():
        with open(folder / name, "wb") as file:
            write_variable(file, array)


def is_variable(start: bytes) -> bool:
    """Return whether the first bytes of a file are the header of a variable."""
    if len(start) < _HEADER.size:
        return False
    version, levels, tensor_version, size = _HEADER.unpack(start[:_HEADER.size])
    return not (version or levels or tensor_version) and 0 < size < 4096


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size) if size >= 0 else b""
    if len(data) != size:
        raise ValueError(f"cut off: {len(data)} of {size} bytes")
    return data
