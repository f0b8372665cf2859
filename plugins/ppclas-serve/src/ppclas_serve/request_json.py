# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Parser for untrusted JSON: time and memory are proportional to the text, and the GIL is released regularly.

`json.loads` holds the GIL for the whole text and needs 32 bytes per number. This parser reads a flat or nested list of
numbers directly into an array, in chunks of `CHUNK` characters.
"""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple, Union

import numpy as np

from ppclas_serve.request_error import RequestError

CHUNK = 1 << 15
"""Characters that are parsed while the GIL is held."""
SHORT = 512
"""Longest list of numbers, in characters, that becomes a Python list; longer ones become `Numbers`."""
DEPTH = 32
"""Deepest nesting of lists and objects."""
VALUES = 100_000
"""Most values in one document; numbers in lists of numbers do not count."""

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMERIC = b"0123456789+-.eE,[] \t\n\r"
_NOT_NUMERIC = re.compile(b"[^" + re.escape(_NUMERIC) + b"]")
_EMPTY = re.compile(rb"\[[ \t\n\r]*\]")
_KINDS = np.full(256, 1, np.uint8)  # 0: space, 1: part of a number, 2: bracket or comma
_KINDS[list(b" \t\n\r")] = 0
_KINDS[list(b"[],")] = 2
_FLAT = bytes.maketrans(b"[]", b"  ")


class Numbers(NamedTuple):
    """A JSON list of numbers.

    Args:
        values: flat float64 array, in the order of the text.
        regular: whether the list has the shape of an array (not ragged).
    """

    values: np.ndarray
    regular: bool


def read_json(data: Union[bytes, bytearray]) -> object:
    """Parse a JSON text; a list of numbers of more than `SHORT` characters becomes `Numbers`.

    Raises:
        RequestError: 400, invalid JSON, nesting deeper than `DEPTH`, or more than `VALUES` values.
    """
    try:
        return _Reader(data.decode(json.detect_encoding(data), "surrogatepass")).document()
    except (ValueError, OverflowError) as error:
        raise RequestError(400, f"not valid JSON: {str(error)[:200]}") from None


class _Reader:
    """Recursive parser of one text; `at` is always a position in it, in characters."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._scan = json.JSONDecoder(parse_constant=_reject_constant).raw_decode
        self._values = 0
        self._wasted = 0  # characters scanned for the end of lists that turned out to have other values than numbers
        self._stop = 0  # end of the last run of characters that are legal in lists of numbers

    def document(self) -> object:
        """Return the value of the whole text."""
        found, at = self._value(self._space(0), 0)
        if self._space(at) != len(self._text):
            raise ValueError(f"the value is followed by more text, at character {at}")
        return found

    def _space(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        assert found is not None
        return found.end()

    def _value(self, at: int, depth: int) -> Tuple[Any, int]:
        self._values += 1
        if self._values > VALUES:
            raise RequestError(400, f"more than {VALUES} values outside lists of numbers")
        if depth > DEPTH:
            raise ValueError(f"nested deeper than {DEPTH}")
        first = self._text[at:at + 1]
        if first == "{":
            return self._object(at + 1, depth)
        if first == "[":
            return self._numbers(at) or self._list(at + 1, depth)
        return self._scan(self._text, at)

    def _object(self, at: int, depth: int) -> Tuple[Dict[str, Any], int]:
        found: Dict[str, Any] = {}
        at = self._space(at)
        if self._text[at:at + 1] == "}":
            return found, at + 1
        while True:
            if self._text[at:at + 1] != '"':
                raise ValueError(f"a key in double quotes is missing at character {at}")
            key, at = self._scan(self._text, at)
            at = self._space(at)
            if self._text[at:at + 1] != ":":
                raise ValueError(f"':' is missing at character {at}")
            found[key], at = self._value(self._space(at + 1), depth + 1)
            at, more = self._next(at, "}")
            if not more:
                return found, at

    def _list(self, at: int, depth: int) -> Tuple[List[Any], int]:
        found: List[Any] = []
        at = self._space(at)
        if self._text[at:at + 1] == "]":
            return found, at + 1
        while True:
            item, at = self._value(at, depth + 1)
            found.append(item)
            at, more = self._next(at, "]")
            if not more:
                return found, at

    def _next(self, at: int, end: str) -> Tuple[int, bool]:
        """Return the position after the comma or `end` that follows a value, and whether it was a comma."""
        at = self._space(at)
        if self._text[at:at + 1] == end:
            return at + 1, False
        if self._text[at:at + 1] != ",":
            raise ValueError(f"',' or '{end}' is missing at character {at}")
        return self._space(at + 1), True

    def _numbers(self, at: int) -> Optional[Tuple[Any, int]]:
        """Return a list that contains only numbers and lists of numbers, and its end; None for another list."""
        end = self._end_of_list(at, self._end_of_numeric(at))
        if end is None:
            return None
        if end - at <= SHORT:
            return self._scan(self._text[at:end])[0], end
        parts, skeleton = [], []
        for chunk in self._chunks_at_commas(at, end):
            codes = np.frombuffer(chunk, np.uint8)
            kinds = _KINDS[codes]
            starts = kinds == 1
            starts[1:] &= kinds[:-1] != 1
            skeleton.append(np.where(starts, ord("0"), codes)[starts | (kinds == 2)].astype(np.uint8).tobytes())
            if _EMPTY.search(chunk) is not None:
                return Numbers(np.empty(0), False), end
            flat = chunk.translate(_FLAT)
            parts.append(np.array(json.loads(b"[" + (flat[:-1] if flat.endswith(b",") else flat) + b"]"), np.float64))
        values = np.concatenate(parts)
        return Numbers(values, _is_regular(b"".join(skeleton), len(values))), end

    def _end_of_numeric(self, at: int) -> int:
        """Return the position of the first character from `at` that is illegal in a list of numbers."""
        if at >= self._stop:
            self._stop = len(self._text)
            for start, chunk in self._chunks(at, len(self._text)):
                found = _NOT_NUMERIC.search(chunk)
                if found is not None:
                    self._stop = start + found.start()
                    break
        return self._stop

    def _end_of_list(self, at: int, stop: int) -> Optional[int]:
        """Return the position after the bracket that closes the list at `at`; None if there is none before `stop`."""
        level = 0
        for start, chunk in self._chunks(at, stop):
            codes = np.frombuffer(chunk, np.uint8)
            levels = level + np.cumsum((codes == ord("[")).astype(np.int32) - (codes == ord("]")))
            if levels.max() > DEPTH:
                raise ValueError(f"nested deeper than {DEPTH}")
            closed = np.flatnonzero(levels == 0)
            if closed.size:
                return start + int(closed[0]) + 1
            level = int(levels[-1])
        self._wasted += stop - at
        if self._wasted > 4 * len(self._text):
            raise ValueError("too many unclosed lists")
        return None

    def _chunks(self, at: int, end: int) -> Iterator[Tuple[int, bytes]]:
        """Yield the text in chunks, the first one short; characters outside Latin-1 become '?'."""
        size = SHORT
        while at < end:
            yield at, self._text[at:min(end, at + size)].encode("latin-1", "replace")
            at, size = at + size, CHUNK

    def _chunks_at_commas(self, at: int, end: int) -> Iterator[bytes]:
        """Yield the text in chunks that end after a comma."""
        while at < end:
            cut = end if end - at <= CHUNK else self._text.rfind(",", at, at + CHUNK) + 1 or \
                self._text.find(",", at, end) + 1 or end
            yield self._text[at:cut].encode("ascii")
            at = cut


def _is_regular(skeleton: bytes, numbers: int) -> bool:
    """Return whether brackets and commas form an array; each number in `skeleton` is written as 0."""
    item = b"0"
    if skeleton.count(item) != numbers:
        return False
    while skeleton != item:
        close = skeleton.find(b"]")
        row = skeleton[skeleton.rfind(b"[", 0, max(0, close)):close + 1]
        length = row.count(b",") + 1
        if row != b"[" + (length * (item + b","))[:-1] + b"]":
            return False
        above = bytes([item[0] + 1])
        skeleton, item = skeleton.replace(row, above), above
    return True


def _reject_constant(word: str) -> float:
    raise ValueError(f"JSON has no number {word}")
