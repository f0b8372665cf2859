# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Rounding of channel counts."""

from __future__ import annotations


def make_divisible(value: float, divisor: int = 8, minimum: int = 0) -> int:
    """Round to a multiple of `divisor` that is at least `minimum or divisor` and at least 90 % of `value`.

    Source: MobileNetV2 (2018) and its successors.
    """
    rounded = max(minimum or divisor, int(value + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * value else rounded
