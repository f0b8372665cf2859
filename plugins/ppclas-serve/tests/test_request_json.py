# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""JSON of strangers: read as `json` reads it, within memory and time that its length bounds."""

from __future__ import annotations

import contextlib
import json
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppclas_serve import request_json
from ppclas_serve.request_error import RequestError
from ppclas_serve.request_json import Numbers, read_json
from ppclas_serve.tensors import from_binary, from_json

TEXTS = st.sampled_from(["", "a", '"', "\\", "[", "]", "{}", ",", "1", "é", "\ud83d\ude00", "\ud800", "\n"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=4),
                      max_leaves=20)


def alike(found: Any, expected: Any) -> bool:
    """Whether a value is the one of `json`, arrays for lists of numbers aside."""
    if isinstance(found, Numbers):
        try:
            table = np.array(expected, np.float64)
        except (ValueError, OverflowError):
            return not found.regular
        return found.regular == (table.size > 0) and (not found.regular or np.array_equal(table.ravel(), found.values))
    if isinstance(found, dict):
        return found.keys() == expected.keys() and all(alike(found[key], expected[key]) for key in found)
    if isinstance(found, list):
        return len(found) == len(expected) and all(map(alike, found, expected))
    return type(found) is type(expected) and bool(found == expected)


@settings(deadline=None, derandomize=True, max_examples=40, database=None)
@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_every_document_means_what_it_means_to_json(value: Any, ascii_only: bool, indent: Any) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode("utf-8", "surrogatepass")
    assert alike(read_json(text), json.loads(text))


@pytest.mark.parametrize("chunk", [64, 1 << 15])
@pytest.mark.parametrize("shape", [(700,), (2, 350), (1, 3, 16, 16), (3, 1, 300, 1)])
@pytest.mark.parametrize("separators", [(",", ":"), (" ,\n", ": ")])
def test_long_lists_of_numbers_become_arrays_whatever_their_shape(chunk: int, shape: Any, separators: Any,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_json, "CHUNK", chunk)
    table = np.random.default_rng(0).normal(size=shape)
    text = json.dumps({"data": table.tolist(), "id": "a"}, separators=separators).encode()
    found: Any = read_json(text)
    assert found["id"] == "a"
    assert found["data"].regular
    np.testing.assert_array_equal(found["data"].values, table.ravel())


ONES = "1," * 400


@pytest.mark.parametrize("text", [
    f"[{ONES}]", f"[,{ONES}1]", f"[{ONES}1", f"[{ONES}1]]", f"[{ONES}01]", f"[{ONES}1 1]", f"[{ONES}1.]", f"[{ONES}-]",
    f"[{ONES}NaN]", f"[{ONES}1e]", f"[{ONES}+1]", f"[{ONES}\u00a01]", "[" * 100, "[" * 50 + "]" * 50, "", "{", '{"a"}',
    '{"a" 1}', '{a: 1}', '{"a": 1,}', "[1,]", "1 1", "nul", '"a', "\ufeff", '{"a": 1 "b": 2}', "[" + "9" * 5000 + "]",
])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(RequestError, match="not valid JSON"):
        read_json(text.encode())


@pytest.mark.parametrize("text", [f"[[{ONES}1],[{ONES}1,1]]", f"[1,[{ONES}1]]", f"[[{ONES}1],1]", f"[[],[{ONES}1]]",
                                  "[1,[2]]", "[[1],[1,2]]"])
def test_ragged_lists_are_no_tensor(text: str) -> None:
    with pytest.raises(RequestError, match="ragged"):
        from_json(read_json(text.encode()), "FP32", (2, 2))


@pytest.mark.parametrize(("data", "said"), [
    ([True] * 3, "must be numbers"), ([None] * 3, "must be numbers"), (["a"] * 3, "must be numbers"),
    ([[1], ["a"], [1]], "must be numbers"), ({"a": 1}, "a list, flat or nested"), ("1,2,3", "a list, flat or nested"),
    ([1.0] * 500 + [False], "must be numbers"), ([1e39] * 3, "NaN or infinity"), ([1, 2], "has 3 values, not 2"),
    ([1e39] * 900, "has 3 values, not 900"),
])
def test_types_are_checked_before_there_is_an_array(data: Any, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        from_json(read_json(json.dumps(data).encode()), "FP32", (3,))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_binary_tensor_must_be_finite_as_one_in_json(value: float) -> None:
    raw = memoryview(np.array([0, value], np.float32).tobytes())
    with pytest.raises(RequestError, match="the FP32 tensor has NaN or infinity"):
        from_binary(raw, "FP32", (2,))


@pytest.mark.parametrize("text", [
    json.dumps(["a" * 500_000] + [""] * 1000),  # as an array of texts: 2 GB
    "[" + "1," * 150_000 + "1]", "[" + "[1,2,3]," * 40_000 + "[1,2,3]]", "[" + "[]," * 100_000 + "[]]",
    "[" + '"",' * 110_000 + '""]', "[" + "{}," * 110_000 + "{}]", "[" * 1_000_000, " " * 1_000_000,
    "[" * 30 + "1," * 100_000, '{"a":[1,"b"],' * 70_000, "[" + "1" * 1_000_000 + "]",
])
def test_no_text_takes_more_than_some_times_its_own_memory(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_json, "VALUES", 5000)  # tracing makes each of them slow
    data = text.encode()
    tracemalloc.start()
    with contextlib.suppress(RequestError):
        read_json(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 25 * len(data) + (4 << 20)
