# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The subset of the protobuf wire format that legacy Paddle files use, without the protobuf package."""

from __future__ import annotations

from typing import Iterator, Tuple, Union

Value = Union[int, bytes]


def fields(data: bytes) -> Iterator[Tuple[int, Value]]:
    """Yield (number, value) of each field of a message: integers as int, all other types as bytes.

    Raises:
        ValueError: the bytes are not a protobuf message.
    """
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise ValueError("field number 0")
        if kind == 0:
            value, position = _varint(data, position)
            yield number, value
            continue
        if kind == 2:
            size, position = _varint(data, position)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError(f"wire type {kind}")
        if position + size > len(data):
            raise ValueError("a field is longer than its message")
        yield number, data[position:position + size]
        position += size


def numbers(value: Value) -> Iterator[int]:
    """Yield the values of a repeated integer field, packed or not."""
    if isinstance(value, int):
        yield value
        return
    position = 0
    while position < len(value):
        number, position = _varint(value, position)
        yield number


def varint(number: int) -> bytes:
    """Return the varint encoding of an integer >= 0."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def _varint(data: bytes, position: int) -> Tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(data):
            raise ValueError("a number is cut off")
        byte = data[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, position
    raise ValueError("a number is too long")
