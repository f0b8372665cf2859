# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Writers of the text and binary prototxt files of Paddle Serving, which describe feed and fetch variables.

The message is `baidu.paddle_serving.configure.GeneralModelConfig` (proto2): `feed_var` 1 and `fetch_var` 2, each with
name 1, alias_name 2, is_lod_tensor 3, a type 4 (1: float32) and a repeated int32 shape 5 that is not packed.
"""

from __future__ import annotations

from typing import NamedTuple, Tuple

from ppclas_core.weights import varint

FLOAT32 = 1


class Variable(NamedTuple):
    """Name of a variable in the program, its key for clients, and the shape of one sample."""

    name: str
    alias: str
    shape: Tuple[int, ...]


def text(feed: Variable, fetch: Variable) -> str:
    """Return the text of the `.prototxt`."""
    return _block("feed", feed) + _block("fetch", fetch)


def stream(feed: Variable, fetch: Variable) -> bytes:
    """Return the bytes of the `.stream.prototxt`, the serialized message."""
    return b"".join(_bytes(field, _message(variable)) for field, variable in ((1, feed), (2, fetch)))


def _block(kind: str, variable: Variable) -> str:
    lines = [f'name: "{variable.name}"', f'alias_name: "{variable.alias}"', "is_lod_tensor: false",
             f"{kind}_type: {FLOAT32}", *(f"shape: {size}" for size in variable.shape)]
    return f"{kind}_var {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


def _message(variable: Variable) -> bytes:
    numbers = _number(3, 0) + _number(4, FLOAT32) + b"".join(_number(5, size) for size in variable.shape)
    return _bytes(1, variable.name.encode()) + _bytes(2, variable.alias.encode()) + numbers


def _bytes(field: int, value: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(value)) + value


def _number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)
