# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Tensors of the Open Inference Protocol: JSON lists and raw bytes, both ways."""

from __future__ import annotations

import math
import struct
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from ppclas_serve.refused import Refused

DATATYPES: Dict[str, np.dtype[Any]] = {"FP32": np.dtype("<f4"), "UINT8": np.dtype("u1")}
"""Those that models here take or give, beside BYTES."""


def from_binary(raw: memoryview, datatype: str, shape: Sequence[int]) -> np.ndarray:
    """Raw little-endian bytes -> array, which shares their memory.

    Raises:
        Refused: their number does not fit the shape.
    """
    dtype = DATATYPES[datatype]
    wanted = math.prod(shape) * dtype.itemsize
    if wanted != len(raw):
        raise Refused(400, f"a {datatype} tensor of shape {list(shape)} has {wanted} bytes, not {len(raw)}")
    return np.frombuffer(raw, dtype).reshape(shape)


def from_json(data: Any, datatype: str, shape: Sequence[int]) -> np.ndarray:
    """A flat or nested JSON list -> array.

    Raises:
        Refused: no regular list of numbers, another number of them, or numbers outside the type.
    """
    try:
        numbers = np.array(data)
    except ValueError:
        raise Refused(400, "'data' is a ragged list") from None
    if numbers.dtype.kind not in "iuf":
        raise Refused(400, f"'data' of a {datatype} tensor must be numbers")
    if numbers.size != math.prod(shape):
        raise Refused(400, f"a tensor of shape {list(shape)} has {math.prod(shape)} values, not {numbers.size}")
    if datatype == "UINT8" and ((numbers < 0) | (numbers > 255) | (numbers != np.floor(numbers))).any():
        raise Refused(400, "'data' of a UINT8 tensor must be whole numbers of 0..255")
    return numbers.astype(DATATYPES[datatype]).reshape(shape)


def elements_from_binary(raw: memoryview, count: int) -> List[bytes]:
    """BYTES: each element is its length (uint32, little-endian) and its bytes.

    Raises:
        Refused: the lengths do not add up.
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
    """Datatype and bytes of a float32 array, or of one of `bytes` objects."""
    if array.dtype == object:
        return "BYTES", b"".join(struct.pack("<I", len(item)) + item for item in array.reshape(-1))
    return "FP32", array.astype("<f4", copy=False).tobytes()


def to_json(array: np.ndarray) -> Tuple[str, List[Any]]:
    """Datatype and flat list.

    Raises:
        Refused: NaN or infinity, for which JSON has no word.
    """
    if array.dtype == object:
        return "BYTES", [item.decode("utf-8", "replace") for item in array.reshape(-1)]
    if not np.isfinite(array).all():
        raise Refused(400, "the model gives NaN or infinity for this input, which JSON cannot say; ask for binary data")
    return "FP32", array.reshape(-1).tolist()


def whole_shape(shape: Any, what: str) -> Tuple[int, ...]:
    """A shape out of JSON.

    Raises:
        Refused: no list of positive whole numbers.
    """
    good = isinstance(shape, list) and all(isinstance(size, int) and not isinstance(size, bool) and size > 0
                                           for size in shape)
    if not good or not shape:
        raise Refused(400, f"the shape of '{what}' must be a list of positive whole numbers")
    return tuple(shape)


def parameters(item: Any) -> Any:
    """The `parameters` of a tensor or request; {} where there are none.

    Raises:
        Refused: no JSON object.
    """
    found: Optional[Any] = item.get("parameters")
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Refused(400, "'parameters' must be an object")
    return found
