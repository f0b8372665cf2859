# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The signature of a target is its schema: coercion and checks."""

from __future__ import annotations

from typing import Any, Dict, List, Literal, Optional, Sequence, Tuple, Union

import pytest

from ppclas_core.errors import UserError
from ppclas_core.plugins.signature import bind_parameters, coerce, parameters


@pytest.mark.parametrize(("value", "hint", "expected"), [
    ("1e-4", float, 1e-4),
    ("1./255.", float, 1 / 255),
    (1, bool, True),
    ("False", bool, False),
    (3.0, int, 3),
    ([1, 2], Tuple[int, ...], (1, 2)),
    ((1, "2.5"), List[float], [1.0, 2.5]),
    ([0.1, 1], Sequence[float], [0.1, 1.0]),
    (None, Optional[int], None),
    (224, Union[int, Tuple[int, int]], 224),
    ([224, 192], Union[int, Tuple[int, int]], (224, 192)),
    ("a", Literal["a", "b"], "a"),
    ({"x": 1}, Any, {"x": 1}),
    ({"1": "a", 2: "b"}, Dict[int, str], {1: "a", 2: "b"}), ({"1": 2}, Dict[str, int], {"1": 2}),
])
def test_a_value_becomes_its_declared_type(value: Any, hint: Any, expected: Any) -> None:
    result = coerce(value, hint, what="x")
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(("value", "hint"), [
    ("__import__('os')", float), ("1/0", float), (True, float), (2.5, int), (True, int), ("yes", bool), (2, bool),
    ("abc", List[int]), ([1, 2, 3], Tuple[int, int]), ("c", Literal["a", "b"]), (None, int), (7, str),
    ("x", Union[int, float]), (3, dict),
    (float("inf"), int), (float("inf"), float), ("1e400", float), (float("nan"), float), (10**20, int),
])
def test_a_value_that_does_not_fit_is_refused(value: Any, hint: Any) -> None:
    with pytest.raises(UserError, match="x is"):
        coerce(value, hint, what="x")


def test_keyword_swallowers_are_refused() -> None:
    def greedy(a: int, **rest: Any) -> None:
        """Takes everything."""

    with pytest.raises(TypeError, match=r"takes \*rest"):
        parameters(greedy)


def test_a_missing_required_parameter_is_named() -> None:
    def schedule(lr: float, power: float = 1.0) -> None:
        """Needs lr."""

    with pytest.raises(UserError, match="schedule 'Poly' needs the parameter 'lr'"):
        bind_parameters(schedule, {"power": 2}, owner="schedule 'Poly'")
