# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Rows of models: selection, order, and numbers with units."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import pytest

from ppclas_core.errors import UserError
from ppclas_core.plugins.listing import model_table, parse_number, select_models, short_number, sort_models


def row(name: str, kind: str = "weights", params: Optional[int] = None, top1: Optional[float] = None) -> Dict[str, Any]:
    return {"name": name, "kind": kind, "architecture": name, "dist": "acme-net", "family": "Acme", "input_size": 224,
            "params": params, "flops": None, "top1": top1, "top5": None}


ROWS = [row("small", params=1000, top1=0.6), row("large", "architecture", params=5_480_206), row("other", top1=0.7)]


def names(rows: List[Dict[str, Any]]) -> List[str]:
    return [each["name"] for each in rows]


@pytest.mark.parametrize(("conditions", "found"), [
    ({}, ["small", "large", "other"]), ({"pattern": "*l*"}, ["small", "large"]), ({"kind": "architecture"}, ["large"]),
    ({"family": "ACME-n"}, ["small", "large", "other"]), ({"family": "ResNet"}, []),
    ({"limits": [("params", 1000)]}, ["small"]),
])
def test_rows_that_meet_all_conditions_are_selected(conditions: Dict[str, Any], found: List[str]) -> None:
    assert names(select_models(ROWS, **conditions)) == found


@pytest.mark.parametrize(("column", "order"), [
    ("name", ["large", "other", "small"]), ("top1", ["other", "small", "large"]),
    ("params", ["small", "large", "other"]),
])
def test_the_best_or_cheapest_row_is_first_and_unknown_values_are_last(column: str, order: List[str]) -> None:
    assert names(sort_models(ROWS, column)) == order


def test_a_table_has_an_aligned_line_per_row() -> None:
    lines = model_table(ROWS).splitlines()
    assert len(lines) == 4
    assert lines[2].split() == ["large", "architecture", "-", "5.48M", "-", "224", "acme-net"]
    assert len({line.index("acme-net") for line in lines[1:]}) == 1
    assert model_table([]) == ""


@pytest.mark.parametrize(("text", "value"), [("6M", 6e6), ("4.1g", 4.1e9), ("500K", 5e5), ("2B", 2e9), ("12", 12.0)])
def test_numbers_may_have_units(text: str, value: float) -> None:
    assert parse_number(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "M", "six", "6MB"])
def test_other_text_is_no_number(text: str) -> None:
    with pytest.raises(UserError, match="is not a number"):
        parse_number(text)


def test_large_numbers_are_shortened() -> None:
    assert [short_number(value) for value in (None, 7, 1200, 5_480_206, 4.1e9)] == ["-", "7", "1.2K", "5.48M", "4.1G"]
