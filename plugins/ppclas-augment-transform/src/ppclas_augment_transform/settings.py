# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The fill color of the ops."""

from __future__ import annotations

from typing import Sequence, Tuple, Union

from ppclas_core.data.transforms import whole
from ppclas_core.errors import UserError

GRAY = (128, 128, 128)


def fill_color(op: str, value: Union[int, Sequence[int]]) -> Tuple[int, int, int]:
    """Return the fill value of each channel, 0..255, from one number or three.

    Raises:
        UserError: there are not one or three values, or a value is not an integer in 0..255.
    """
    values = tuple(value) if isinstance(value, (list, tuple)) else (value, value, value)
    if len(values) != 3 or not all(0 <= whole(op, "fillcolor", each, low=0) <= 255 for each in values):
        raise UserError(f"{op}: fillcolor is {value!r}; it must be one number of 0 to 255, or three")
    red, green, blue = (int(each) for each in values)
    return red, green, blue
