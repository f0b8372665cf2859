# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Millions of plain `path label,label` lines at once, by numpy; the parser of single lines gets anything unusual."""

from __future__ import annotations

from typing import Optional, Tuple

import numpy as np

from ppclas_core.data.readers.list_lines import DIGITS, SPACE, divider_of, line_bounds

_COMMA, _MINUS = 44, 45


def plain_sets(text: bytes, begin: int, end: int,
               delimiter: Optional[bytes]) -> Optional[Tuple[np.ndarray, np.ndarray]]:
    """(3, N) int64: start and end of each path in `text`, and how many labels it has; (M,) int32: all labels.

    None unless every line is plain: a path that neither begins nor ends with a blank, one divider, and numbers of up
    to nine digits with commas between them, none twice; or `-` for no label.
    """
    part = np.frombuffer(text, np.uint8, end - begin, begin)
    if delimiter is not None and len(delimiter) != 1:
        return None
    divider = divider_of(part, delimiter)
    starts, ends = line_bounds(part)
    dividers = np.flatnonzero(part == divider)
    if (ends - starts < 3).any() or not len(dividers):
        return None
    cuts = dividers[np.searchsorted(dividers, ends) - 1]  # the last one of each line; of an earlier line where none is
    plain = (cuts > starts) & (cuts < ends - 1)
    plain &= (part[cuts - 1] > SPACE) & (part[cuts - 1] != _COMMA) & (part[starts] > SPACE)
    labels = _labels(part, cuts, ends) if plain.all() else None
    if labels is None:
        return None
    lines, values = labels
    order = np.lexsort((values, lines))
    lines, values = lines[order], values[order]
    if ((lines[1:] == lines[:-1]) & (values[1:] == values[:-1])).any():
        return None
    return np.stack([starts + begin, cuts + begin, np.bincount(lines, minlength=len(ends))]), values.astype(np.int32)


def _labels(part: np.ndarray, cuts: np.ndarray, ends: np.ndarray) -> Optional[Tuple[np.ndarray, np.ndarray]]:
    """The line and the value of each number between `cuts` and `ends`; None where something else stands there."""
    edges = np.zeros(len(part) + 1, np.int8)
    edges[cuts + 1], edges[ends] = 1, -1
    places = np.flatnonzero(np.cumsum(edges[:-1], dtype=np.int8))
    letters = part[places]
    digits = letters - np.uint8(48)
    digit = digits < 10
    first = np.append(True, np.diff(places) > 1)  # of its line
    last = np.append(first[1:], True)
    after_digit, before_digit = np.append(False, digit[:-1]) & ~first, np.append(digit[1:], False) & ~last
    comma = (letters == _COMMA) & after_digit & before_digit
    none = (letters == _MINUS) & first & last
    if not (digit | comma | none).all():
        return None
    begins = np.flatnonzero((digit & ~after_digit)[digit])  # of the numbers, among the digits
    lengths = np.diff(np.append(begins, int(digit.sum())))
    if not len(begins):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    if lengths.max() > DIGITS:
        return None
    powers = np.repeat(begins + lengths, lengths) - 1 - np.arange(int(lengths.sum()))
    values = np.add.reduceat(digits[digit].astype(np.int64) * 10**powers, begins)
    return np.searchsorted(cuts, places[digit][begins]) - 1, values
