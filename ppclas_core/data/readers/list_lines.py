# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Millions of plain `path label` lines at once, by numpy; anything unusual is left to the parser of single lines."""

from __future__ import annotations

from typing import Iterator, Optional, Tuple

import numpy as np

_CHUNK = 1 << 22
_TAB, SPACE, _RETURN, _LINE = 9, 32, 13, 10
DIGITS = 9
"""Of the longest number that is plain."""


def chunks(text: bytes, start: int) -> Iterator[Tuple[int, int]]:
    """(begin, end) of parts of about 4 MB that end behind a line break, from `start` on."""
    while start < len(text):
        cut = text.find(b"\n", start + _CHUNK)
        end = len(text) if cut < 0 else cut + 1
        yield start, end
        start = end


def divider_of(part: np.ndarray, delimiter: Optional[bytes]) -> int:
    """The byte that divides path from label: the given one, else a tab where there is any, else a space."""
    return delimiter[0] if delimiter else _TAB if (part == _TAB).any() else SPACE


def line_bounds(part: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Start and end of each line, (N,) int64, without its line break."""
    breaks = np.flatnonzero(part == _LINE)
    ends = breaks if len(part) and part[-1] == _LINE else np.append(breaks, len(part))
    starts = np.append(0, ends[:-1] + 1)
    return starts, ends - (part[np.maximum(ends - 1, 0)] == _RETURN)


def plain_rows(text: bytes, begin: int, end: int, delimiter: Optional[bytes]) -> Optional[np.ndarray]:
    """(3, N) int64: start and end of each path in `text`, and its label; None unless every line is plain.

    A plain line is a path that neither begins nor ends with a blank, one divider, and up to nine digits.
    """
    part = np.frombuffer(text, np.uint8, end - begin, begin)
    if delimiter is not None and len(delimiter) != 1:
        return None
    divider = divider_of(part, delimiter)
    starts, ends = line_bounds(part)
    if (ends - starts < 3).any():  # blank, or too short for a path, a divider and a digit
        return None
    labels, position = np.zeros(len(ends), np.int64), ends - 1
    digit = np.ones(len(ends), bool)
    for power in range(DIGITS + 1):
        value = part[position] - np.uint8(48)
        digit = digit & (value < 10) & (position > starts)
        if not digit.any():
            break
        labels += np.where(digit, value, 0).astype(np.int64) * 10**power
        position = position - digit
    plain = ~digit & (position < ends - 1) & (part[position] == divider) & (position > starts)
    plain &= (part[position - 1] > SPACE) & (part[starts] > SPACE)
    return np.stack([starts + begin, position + begin, labels]) if plain.all() else None
