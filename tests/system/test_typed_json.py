# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What a JSON or YAML file holds is compared with what it should hold."""

from __future__ import annotations

from typing import Any, Dict, List, Literal, Optional, TypedDict

import pytest

from ppclas_core.system.typed_json import mismatch


class Part(TypedDict):
    size: int


class Whole(Part, total=False):
    names: List[str]
    parts: Dict[str, Part]


@pytest.mark.parametrize(("value", "hint"), [
    ("a", str), (1, int), (1, float), (1.5, float), (True, bool), (None, Optional[int]), ([], List[str]),
    ({"a": [1]}, Dict[str, List[int]]), ("b", Literal["a", "b"]), ({}, Dict[str, Any]), (object(), Any),
    ({"size": 3, "names": ["x"], "parts": {"y": {"size": 1}}, "more": 5}, Whole),
])
def test_a_value_of_the_right_type_fits(value: Any, hint: Any) -> None:
    assert mismatch(value, hint, "x") == ""


@pytest.mark.parametrize(("value", "hint", "said"), [
    (1, str, "x is 1; it must be a text"), (True, int, "x is True; it must be a whole number"),
    (1, bool, "x is 1; it must be true or false"), ("a", List[str], "x is 'a'; it must be a list"),
    ([1, "a"], List[int], "x[1] is 'a'; it must be a whole number"), ({1: 2}, Dict[str, int], "x has the key 1"),
    ({"a": "b"}, Dict[str, int], "x.a is 'b'"), ([], Dict[str, Any], "x is []; it must be a mapping"),
    ("c", Literal["a", "b"], "x is 'c'; it must be one of a, b"), ({}, Whole, "x lacks size"),
    ({"size": 1, "parts": {"y": {}}}, Whole, "x.parts.y lacks size"), ("x" * 100, int, "..."),
])
def test_a_value_of_another_type_is_reported_with_its_location(value: Any, hint: Any, said: str) -> None:
    assert said in mismatch(value, hint, "x")
