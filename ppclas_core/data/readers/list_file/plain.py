# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Fast parser of list files by array operations, for parts of a file with plain lines only."""

from __future__ import annotations

from typing import Iterator, Optional, Tuple

import numpy as np

_CHUNK = 1 << 22
_TAB, _SPACE, _RETURN, _LINE, _COMMA, _MINUS = b"\t \r\n,-"
_DIGITS = 9
"""Largest number of digits of a plain number."""


def chunks(text: bytes, start: int) -> Iterator[Tuple[int, int]]:
    """Yield (begin, end) of parts of about 4 MB from `start` on; each ends after a line break."""
    while start < len(text):
        cut = text.find(b"\n", start + _CHUNK)
        end = len(text) if cut < 0 else cut + 1
        yield start, end
        start = end


def _divider_of(part: np.ndarray, delimiter: Optional[bytes]) -> int:
    """Return the delimiter byte: the given one, else a tab if there is any, else a space."""
    if delimiter:
        return delimiter[0]
    return _TAB if (part == _TAB).any() else _SPACE


def _line_bounds(part: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Return the start and end of each line, (N,) int64, without its line break."""
    breaks = np.flatnonzero(part == _LINE)
    ends = breaks if len(part) and part[-1] == _LINE else np.append(breaks, len(part))
    starts = np.append(0, ends[:-1] + 1)
    return starts, ends - (part[np.maximum(ends - 1, 0)] == _RETURN)


def plain_rows(text: bytes, begin: int, end: int, delimiter: Optional[bytes]) -> Optional[np.ndarray]:
    """Return start and end of each path in `text` and its label, (3, N) int64; None unless every line is plain.

    A plain line is a path without leading or trailing blanks, one delimiter, and up to nine digits.
    """
    part = np.frombuffer(text, np.uint8, end - begin, begin)
    if delimiter is not None and len(delimiter) != 1:
        return None
    divider = _divider_of(part, delimiter)
    starts, ends = _line_bounds(part)
    if (ends - starts < 3).any():  # blank, or too short for a path, a delimiter and a digit
        return None
    labels = np.zeros(len(ends), np.int64)
    position = ends - 1
    digit = np.ones(len(ends), bool)
    for power in range(_DIGITS + 1):
        value = part[position] - np.uint8(48)
        digit = digit & (value < 10) & (position > starts)
        if not digit.any():
            break
        labels += np.where(digit, value, 0).astype(np.int64) * 10**power
        position = position - digit
    plain = ~digit & (position < ends - 1) & (part[position] == divider) & (position > starts)
    plain &= (part[position - 1] > _SPACE) & (part[starts] > _SPACE)
    return np.stack([starts + begin, position + begin, labels]) if plain.all() else None


def plain_sets(text: bytes, begin: int, end: int,
               delimiter: Optional[bytes]) -> Optional[Tuple[np.ndarray, np.ndarray]]:
    """Return start and end of each path in `text` and its number of labels, (3, N) int64; and all labels, (M,) int32.

    The result is None unless every line is plain: a path without leading or trailing blanks, one delimiter, and
    distinct numbers of up to nine digits separated by commas, or `-` for no label.
    """
    part = np.frombuffer(text, np.uint8, end - begin, begin)
    if delimiter is not None and len(delimiter) != 1:
        return None
    divider = _divider_of(part, delimiter)
    starts, ends = _line_bounds(part)
    dividers = np.flatnonzero(part == divider)
    if (ends - starts < 3).any() or not len(dividers):
        return None
    cuts = dividers[np.searchsorted(dividers, ends) - 1]  # the last one of each line, or that of an earlier line
    plain = (cuts > starts) & (cuts < ends - 1)
    plain &= (part[cuts - 1] > _SPACE) & (part[cuts - 1] != _COMMA) & (part[starts] > _SPACE)
    labels = _numbers(part, cuts, ends) if plain.all() else None
    if labels is None:
        return None
    lines, values = labels
    order = np.lexsort((values, lines))
    lines = lines[order]
    values = values[order]
    if ((lines[1:] == lines[:-1]) & (values[1:] == values[:-1])).any():
        return None
    return np.stack([starts + begin, cuts + begin, np.bincount(lines, minlength=len(ends))]), values.astype(np.int32)


def _numbers(part: np.ndarray, cuts: np.ndarray, ends: np.ndarray) -> Optional[Tuple[np.ndarray, np.ndarray]]:
    """Return line and value of each number between `cuts` and `ends`; None if there is any other text."""
    edges = np.zeros(len(part) + 1, np.int8)
    edges[cuts + 1] = 1
    edges[ends] = -1
    positions = np.flatnonzero(np.cumsum(edges[:-1], dtype=np.int8))
    letters = part[positions]
    digits = letters - np.uint8(48)
    digit = digits < 10
    first = np.append(True, np.diff(positions) > 1)  # of its line
    last = np.append(first[1:], True)
    after_digit = np.append(False, digit[:-1]) & ~first
    before_digit = np.append(digit[1:], False) & ~last
    comma = (letters == _COMMA) & after_digit & before_digit
    none = (letters == _MINUS) & first & last
    if not (digit | comma | none).all():
        return None
    begins = np.flatnonzero((digit & ~after_digit)[digit])  # of the numbers, among the digits
    lengths = np.diff(np.append(begins, int(digit.sum())))
    if not len(begins):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    if lengths.max() > _DIGITS:
        return None
    powers = np.repeat(begins + lengths, lengths) - 1 - np.arange(int(lengths.sum()))
    values = np.add.reduceat(digits[digit].astype(np.int64) * 10**powers, begins)
    return np.searchsorted(cuts, positions[digit][begins]) - 1, values
