# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of tensors of the Open Inference Protocol from and to JSON lists and raw bytes."""

from __future__ import annotations

import math
import struct
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from ppclas_serve.refused import Refused
from ppclas_serve.request_json import Numbers

DATATYPES: Dict[str, np.dtype[Any]] = {"FP32": np.dtype("<f4"), "UINT8": np.dtype("u1")}
"""Numeric datatypes of inputs and outputs; BYTES is handled apart."""


def from_binary(raw: memoryview, datatype: str, shape: Sequence[int]) -> np.ndarray:
    """Return raw little-endian bytes as an array that shares their memory.

    Raises:
        Refused: 400, the number of bytes does not fit the shape, or a value is not finite.
    """
    dtype = DATATYPES[datatype]
    wanted = math.prod(shape) * dtype.itemsize
    if wanted != len(raw):
        raise Refused(400, f"a {datatype} tensor of shape {list(shape)} has {wanted} bytes, not {len(raw)}")
    found = np.frombuffer(raw, dtype).reshape(shape)
    check_finite(found, f"the {datatype} tensor")
    return found


def from_json(data: Any, datatype: str, shape: Sequence[int]) -> np.ndarray:
    """Return a flat or nested list of numbers from `read_json` as an array.

    Raises:
        Refused: 400, a ragged list, a wrong number of values, or values outside the range of the datatype.
    """
    found = data if isinstance(data, Numbers) else _short(data, datatype)
    if not found.regular:
        raise Refused(400, "'data' is a ragged list")
    numbers = found.values
    if numbers.size != math.prod(shape):
        raise Refused(400, f"a tensor of shape {list(shape)} has {math.prod(shape)} values, not {numbers.size}")
    if datatype == "UINT8" and ((numbers < 0) | (numbers > 255) | (numbers != np.floor(numbers))).any():
        raise Refused(400, "'data' of a UINT8 tensor must be whole numbers of 0..255")
    with np.errstate(over="ignore"):
        array = numbers.astype(DATATYPES[datatype]).reshape(shape)
    check_finite(array, f"'data' as {datatype}")
    return array


def check_finite(array: np.ndarray, what: str) -> None:
    """Check that all values are finite, for JSON and binary tensors alike.

    Raises:
        Refused: 400, a value is NaN or infinity.
    """
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise Refused(400, f"{what} has NaN or infinity; values must be finite")


def _short(data: Any, datatype: str) -> Numbers:
    """Return the numbers of a short list as `Numbers`; types are checked before the array is created."""
    def check(item: Any) -> None:
        if isinstance(item, list):
            for each in item:
                check(each)
        elif isinstance(item, bool) or not isinstance(item, (int, float)):
            raise Refused(400, f"'data' of a {datatype} tensor must be numbers")

    if not isinstance(data, list):
        raise Refused(400, f"'data' of a {datatype} tensor must be numbers: a list, flat or nested")
    check(data)
    try:
        return Numbers(np.array(data, np.float64).reshape(-1), True)
    except (ValueError, TypeError, OverflowError):
        return Numbers(np.empty(0), False)


def elements_from_binary(raw: memoryview, count: int) -> List[bytes]:
    """Split a BYTES tensor into its elements; each is a length (uint32, little-endian) and the bytes.

    Raises:
        Refused: 400, the lengths do not fit the number of bytes or of elements.
    """
    found: List[bytes] = []
    at = 0
    while at + 4 <= len(raw):
        (size,) = struct.unpack_from("<I", raw, at)
        if at + 4 + size > len(raw):
            raise Refused(400, f"element {len(found)} of a BYTES tensor is cut off: {size} bytes are announced")
        found.append(bytes(raw[at + 4:at + 4 + size]))
        at += 4 + size
    if at != len(raw) or len(found) != count:
        raise Refused(400, f"a BYTES tensor of {count} elements has {len(found)} and {len(raw) - at} bytes more")
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


def whole_shape(shape: Any, what: str) -> Tuple[int, ...]:
    """Return a shape from JSON as a tuple.

    Raises:
        Refused: 400, not a list of positive integers.
    """
    good = isinstance(shape, list) and all(isinstance(size, int) and not isinstance(size, bool) and size > 0
                                           for size in shape)
    if not good or not shape:
        raise Refused(400, f"the shape of '{what}' must be a list of positive whole numbers")
    return tuple(shape)


def parameters(item: Any) -> Any:
    """Return the `parameters` of a tensor or request; {} if there are none.

    Raises:
        Refused: 400, they are not a JSON object.
    """
    found: Optional[Any] = item.get("parameters")
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Refused(400, "'parameters' must be an object")
    return found
