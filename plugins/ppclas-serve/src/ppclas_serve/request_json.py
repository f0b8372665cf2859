# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""JSON of strangers, read in time and memory proportional to its text, and in steps that leave Python's lock to others.

`json.loads` holds the lock for the whole text, and makes 32 bytes of each number. Here a list of numbers, flat or
nested, goes straight into an array, some thousand numbers at a time, and what is no list of numbers is never made one.
"""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple, Union

import numpy as np

from ppclas_serve.refused import Refused

CHUNK = 1 << 15
"""Characters that are read while Python's lock is held."""
SHORT = 512
"""Characters of a list of numbers that stays a list."""
DEPTH = 32
"""Lists and objects inside each other."""
VALUES = 100_000
"""Values of one document, without the numbers of lists of numbers."""

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMERIC = b"0123456789+-.eE,[] \t\n\r"
_STRANGE = re.compile(b"[^" + re.escape(_NUMERIC) + b"]")
_EMPTY = re.compile(rb"\[[ \t\n\r]*\]")
_KINDS = np.full(256, 1, np.uint8)  # 0: space, 1: of a number, 2: bracket or comma
_KINDS[list(b" \t\n\r")] = 0
_KINDS[list(b"[],")] = 2
_FLAT = bytes.maketrans(b"[]", b"  ")


class Numbers(NamedTuple):
    """A JSON list of numbers.

    Args:
        values: float64, in the order of the text. regular: flat, or nested with lists of one length on each level.
    """

    values: np.ndarray
    regular: bool


def read_json(data: Union[bytes, bytearray]) -> Any:
    """Return what a JSON text says; a list of numbers of more than `SHORT` characters is a `Numbers`.

    Raises:
        Refused: 400, no JSON, or deeper, or of more values than anybody needs.
    """
    try:
        return _Reader(data.decode(json.detect_encoding(data), "surrogatepass")).document()
    except (ValueError, OverflowError) as error:
        raise Refused(400, f"no JSON: {str(error)[:200]}") from None


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._scan = json.JSONDecoder(parse_constant=_no_number).raw_decode
        self._values = 0
        self._in_vain = 0  # characters that were read for the end of lists which are no lists of numbers
        self._stop = 0  # where the last run of characters ended that may stand in lists of numbers

    def document(self) -> Any:
        found, at = self._value(self._space(0), 0)
        if self._space(at) != len(self._text):
            raise ValueError(f"more text behind the value, at character {at}")
        return found

    def _space(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        assert found is not None
        return found.end()

    def _value(self, at: int, depth: int) -> Tuple[Any, int]:
        self._values += 1
        if self._values > VALUES:
            raise Refused(400, f"more than {VALUES} values that are in no plain list of numbers")
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
                raise ValueError(f"no key in double quotes at character {at}")
            key, at = self._scan(self._text, at)
            at = self._space(at)
            if self._text[at:at + 1] != ":":
                raise ValueError(f"no ':' at character {at}")
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
        """Behind the comma that follows a value, or behind the end."""
        at = self._space(at)
        if self._text[at:at + 1] == end:
            return at + 1, False
        if self._text[at:at + 1] != ",":
            raise ValueError(f"no ',' or '{end}' at character {at}")
        return self._space(at + 1), True

    def _numbers(self, at: int) -> Optional[Tuple[Any, int]]:
        """A list in which there is nothing but numbers and lists of them, and its end; None for another list."""
        end = self._end_of_list(at, self._first_strange(at))
        if end is None:
            return None
        if end - at <= SHORT:
            return self._scan(self._text[at:end])[0], end
        parts, skeleton = [], []
        for chunk in self._divided(at, end):
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

    def _first_strange(self, at: int) -> int:
        """Position of the first character from `at` that cannot stand in a list of numbers."""
        if at >= self._stop:
            self._stop = len(self._text)
            for start, chunk in self._chunks(at, len(self._text)):
                found = _STRANGE.search(chunk)
                if found is not None:
                    self._stop = start + found.start()
                    break
        return self._stop

    def _end_of_list(self, at: int, stop: int) -> Optional[int]:
        """Position behind the bracket that closes the list at `at`; None where it is not closed before `stop`."""
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
        self._in_vain += stop - at
        if self._in_vain > 4 * len(self._text):
            raise ValueError("too many lists that are not closed")
        return None

    def _chunks(self, at: int, end: int) -> Iterator[Tuple[int, bytes]]:
        """The text in pieces, the first of them short; other characters than those of Latin-1 become '?'."""
        size = SHORT
        while at < end:
            yield at, self._text[at:min(end, at + size)].encode("latin-1", "replace")
            at, size = at + size, CHUNK

    def _divided(self, at: int, end: int) -> Iterator[bytes]:
        """The text in pieces that end behind a comma."""
        while at < end:
            cut = end if end - at <= CHUNK else self._text.rfind(",", at, at + CHUNK) + 1 or \
                self._text.find(",", at, end) + 1 or end
            yield self._text[at:cut].encode("ascii")
            at = cut


def _is_regular(skeleton: bytes, numbers: int) -> bool:
    """Whether the brackets and commas around numbers, each written 0, are those of an array."""
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


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")
