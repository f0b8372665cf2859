# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of tensors of the Open Inference Protocol from and to JSON lists and raw bytes."""

from __future__ import annotations

import math
import struct
from typing import Any, Dict, List, Mapping, Sequence, Tuple

import numpy as np

from ppclas_serve.request_error import RequestError
from ppclas_serve.request_json import Numbers

DATATYPES: Dict[str, np.dtype[Any]] = {"FP32": np.dtype("<f4"), "UINT8": np.dtype("u1")}
"""Numeric datatypes of inputs and outputs; BYTES has functions of its own."""


def from_binary(raw: memoryview, datatype: str, shape: Sequence[int]) -> np.ndarray:
    """View raw little-endian bytes as an array of this shape; the memory is shared.

    Raises:
        RequestError: 400, the number of bytes does not match the shape, or a value is not finite.
    """
    dtype = DATATYPES[datatype]
    wanted = math.prod(shape) * dtype.itemsize
    if wanted != len(raw):
        raise RequestError(400, f"a {datatype} tensor of shape {list(shape)} has {wanted} bytes, not {len(raw)}")
    found = np.frombuffer(raw, dtype).reshape(shape)
    check_finite(found, f"the {datatype} tensor")
    return found


def from_json(data: object, datatype: str, shape: Sequence[int]) -> np.ndarray:
    """Convert a flat or nested list of numbers, as `read_json` returns it, to an array.

    Raises:
        RequestError: 400, a ragged list, a wrong number of values, or values outside the range of the datatype.
    """
    found = data if isinstance(data, Numbers) else _from_list(data, datatype)
    if not found.regular:
        raise RequestError(400, "'data' is a ragged list")
    numbers = found.values
    if numbers.size != math.prod(shape):
        raise RequestError(400, f"a tensor of shape {list(shape)} has {math.prod(shape)} values, not {numbers.size}")
    if datatype == "UINT8" and ((numbers < 0) | (numbers > 255) | (numbers != np.floor(numbers))).any():
        raise RequestError(400, "'data' of a UINT8 tensor must be integers in 0..255")
    with np.errstate(over="ignore"):
        array = numbers.astype(DATATYPES[datatype]).reshape(shape)
    check_finite(array, f"'data' as {datatype}")
    return array


def check_finite(array: np.ndarray, what: str) -> None:
    """Check that all values are finite.

    Raises:
        RequestError: 400, a value is NaN or infinity.
    """
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise RequestError(400, f"{what} has NaN or infinity; values must be finite")


def _from_list(data: object, datatype: str) -> Numbers:
    """Convert a short list to `Numbers`; the types are checked before the array is created."""
    def check(item: object) -> None:
        if isinstance(item, list):
            for each in item:
                check(each)
        elif isinstance(item, bool) or not isinstance(item, (int, float)):
            raise RequestError(400, f"'data' of a {datatype} tensor must be numbers")

    if not isinstance(data, list):
        raise RequestError(400, f"'data' of a {datatype} tensor must be numbers: a list, flat or nested")
    check(data)
    try:
        return Numbers(np.array(data, np.float64).reshape(-1), True)
    except (ValueError, TypeError, OverflowError):
        return Numbers(np.empty(0), False)


def elements_from_binary(raw: memoryview, count: int) -> List[bytes]:
    """Split a BYTES tensor into its elements; each is a length (uint32, little-endian) and the bytes.

    Raises:
        RequestError: 400, the lengths do not match the number of bytes or of elements.
    """
    found: List[bytes] = []
    at = 0
    while at + 4 <= len(raw):
        (size,) = struct.unpack_from("<I", raw, at)
        if at + 4 + size > len(raw):
            raise RequestError(400, f"element {len(found)} of a BYTES tensor is cut off: its length is {size} bytes")
        found.append(bytes(raw[at + 4:at + 4 + size]))
        at += 4 + size
    if at != len(raw) or len(found) != count:
        raise RequestError(400, f"a BYTES tensor must have {count} elements; the data have {len(found)}, and "
                           f"{len(raw) - at} bytes more")
    return found


def to_binary(array: np.ndarray) -> Tuple[str, bytes]:
    """Return datatype and raw bytes of a float32 array, or of an array of `bytes` objects."""
    if array.dtype == object:
        return "BYTES", b"".join(struct.pack("<I", len(item)) + item for item in array.reshape(-1))
    return "FP32", array.astype("<f4", copy=False).tobytes()


def to_json(array: np.ndarray) -> Tuple[str, List[Any]]:
    """Return datatype and flat list of an array of finite float32 values, or of `bytes` objects."""
    if array.dtype == object:
        return "BYTES", [item.decode("utf-8", "replace") for item in array.reshape(-1)]
    return "FP32", array.reshape(-1).tolist()


def parse_shape(shape: object, what: str) -> Tuple[int, ...]:
    """Return a shape from JSON as a tuple.

    Raises:
        RequestError: 400, not a list of positive integers.
    """
    if isinstance(shape, list) and shape and all(isinstance(size, int) and not isinstance(size, bool) and size > 0
                                                 for size in shape):
        return tuple(shape)
    raise RequestError(400, f"the shape of '{what}' must be a list of positive integers")


def parameters(item: Mapping[str, object]) -> Dict[str, object]:
    """Return the `parameters` of a tensor or request; {} if there are none.

    Raises:
        RequestError: 400, they are not a JSON object.
    """
    found = item.get("parameters")
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise RequestError(400, "'parameters' must be an object")
    return found
