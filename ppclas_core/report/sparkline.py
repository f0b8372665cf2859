# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Sparkline: a curve in one line of text."""

from __future__ import annotations

from typing import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int = 64) -> str:
    """Return one block character per value, scaled between minimum and maximum; long series are thinned.

    Args:
        values: finite values, at least one.
        width: largest number of characters.
    """
    count = min(width, len(values))
    shown = [values[round(index * (len(values) - 1) / max(count - 1, 1))] for index in range(count)]
    low, high = min(shown), max(shown)
    span = high - low
    if span == 0:
        return _BLOCKS[3] * count
    return "".join(_BLOCKS[min(int((value - low) / span * len(_BLOCKS)), len(_BLOCKS) - 1)] for value in shown)
