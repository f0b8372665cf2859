# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The exponent of growth is that of the fitted line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from growth import slope


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0])
def test_values_that_grow_by_a_power_of_the_size_have_that_exponent(power: float) -> None:
    sizes = (100, 1_000, 10_000)
    assert slope(sizes, [0.5 * size**power for size in sizes]) == pytest.approx(power)


def test_memory_that_does_not_grow_has_the_exponent_zero() -> None:
    assert slope((100, 1_000, 10_000), [0.0, 0.0, 0.0]) == pytest.approx(0.0)
