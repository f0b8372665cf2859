# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Checks of op parameters; messages name the op and the parameter."""

from __future__ import annotations

import numbers
from typing import Sequence, Tuple, Union

from ppclas_core.compat.keys import LEGACY_RULES
from ppclas_core.errors import UserError


def whole(op: str, name: str, value: int, *, low: int) -> int:
    """Return an integer value that is at least `low`.

    Raises:
        UserError: it is not.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or value != int(value) or value < low:
        raise UserError(f"{op}: {name} is {value!r}; it must be a whole number of at least {low}")
    return int(value)


def size_pair(op: str, name: str, value: Union[int, Sequence[int]]) -> Tuple[int, int]:
    """Return (width, height) in pixels from one number or a pair.

    Raises:
        UserError: the value is not positive, or not one or two numbers.
    """
    pair = tuple(value) if isinstance(value, (list, tuple)) else (value, value)
    if len(pair) != 2:
        raise UserError(f"{op}: {name} is {value!r}; it must be one number or [width, height]")
    return whole(op, name, pair[0], low=1), whole(op, name, pair[1], low=1)


def interval(op: str, name: str, value: Sequence[float], *, low: float, high: float) -> Tuple[float, float]:
    """Return (minimum, maximum) of an interval with values > `low` and <= `high`.

    Raises:
        UserError: the interval is out of range, or its ends are swapped.
    """
    pair = tuple(float(end) for end in value)
    if len(pair) != 2 or not low < pair[0] <= pair[1] <= high:
        limits = f"above {low:g}" if high == float("inf") else f"above {low:g} and at most {high:g}"
        raise UserError(f"{op}: {name} is {list(value)!r}; it must be [least, most], both {limits}")
    return pair[0], pair[1]


def probability(op: str, name: str, value: float) -> float:
    """Return a probability, 0..1.

    Raises:
        UserError: the value is out of range.
    """
    if not 0 <= value <= 1:
        raise UserError(f"{op}: {name} is {value!r}; it must be a probability from 0 to 1")
    return float(value)


def channel_values(op: str, name: str, value: Sequence[float]) -> Tuple[float, ...]:
    """Return one number per channel.

    Raises:
        UserError: the list is empty.
    """
    values = tuple(float(item) for item in value)
    if not values:
        raise UserError(f"{op}: {name} is empty; it needs one number per channel")
    return values


def compat_flag(op: str, value: Union[str, int]) -> bool:
    """Return whether `compat` selects the faulty legacy rule; "", the default, selects the correct one.

    Raises:
        UserError: the value is invalid.
    """
    if isinstance(value, bool) or str(value) not in ("", LEGACY_RULES):
        raise UserError(f"{op}: compat is {value!r}", do=f"{LEGACY_RULES}, or leave it out")
    return str(value) == LEGACY_RULES
