# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A record behaves as a frozen dataclass, though its methods are not generated."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from typing import Any, Dict, Mapping, Tuple

import pytest

from ppclas_core import api
from ppclas_core.record_checks import RecordError
from ppclas_core.record_class import Checked, record

new: Any = api
"""Constructors, without the type checks that would refuse these calls."""


def generated(name: str) -> Any:
    """Return the same class as `dataclasses` makes it."""
    fields = [(each.name, each.type, dataclasses.field(default=each.default, default_factory=each.default_factory))
              for each in dataclasses.fields(getattr(api, name))]
    return dataclasses.make_dataclass(name, fields, frozen=True)


NAMES = sorted(name for name in api.__all__ if dataclasses.is_dataclass(getattr(api, name)))


@pytest.mark.parametrize("name", NAMES)
def test_the_signature_is_that_of_a_dataclass(name: str) -> None:
    assert inspect.signature(getattr(api, name)) == inspect.signature(generated(name))


@pytest.mark.parametrize(("values", "named"), [
    ((), {}), (("a",), {}), ((), {"target": "x:y"}), (("a", "x:y"), {"naem": 1}), (("a", "x:y"), {"name": "b"}),
    (tuple("abcdefghijk"), {}), (("a",), {"name": "b", "target": "x:y"}), ((), {"naem": "a", "target": "x:y"}),
])
def test_wrong_arguments_give_the_error_of_a_dataclass(values: Tuple[Any, ...], named: Dict[str, Any]) -> None:
    with pytest.raises(TypeError) as wanted:
        generated("Op")(*values, **named)
    with pytest.raises(TypeError) as given:
        new.Op(*values, **named)
    assert str(given.value) == str(wanted.value)


@pytest.mark.parametrize(("values", "named"), [
    (("a", "x:y"), {}), (("a",), {"target": "x:y"}), ((), {"target": "x:y", "name": "a"}),
    (("a", "x:y", "batch", ("CHW",), ("uint8",), ("b",), "text", None), {}), (("a", "x:y"), {"doc": "text"}),
])
def test_fields_have_the_values_and_the_order_of_a_dataclass(values: Tuple[Any, ...], named: Dict[str, Any]) -> None:
    wanted = generated("Op")(*values, **named)
    given = new.Op(*values, **named)
    assert list(vars(given).items()) == list(vars(wanted).items())
    assert repr(given) == repr(wanted)
    assert dataclasses.asdict(given) == dataclasses.asdict(wanted)


def test_two_records_do_not_share_a_default_that_is_made_anew() -> None:
    one, two = api.Weights("a", "f"), api.Weights("b", "f")
    assert one.latency_ms == two.latency_ms == {}
    assert one.latency_ms is not two.latency_ms


@pytest.mark.parametrize("name", ["target", "unknown"])
def test_a_record_cannot_be_changed(name: str) -> None:
    op = api.Op("a", "x:y")
    with pytest.raises(dataclasses.FrozenInstanceError, match=name):
        setattr(op, name, "b")
    with pytest.raises(dataclasses.FrozenInstanceError, match=name):
        delattr(op, name)


def test_copies_are_equal() -> None:
    net = api.Backbone("N", "x:y", "F", {"size": 1}, weights=(api.Weights("a", "f", latency_ms={"x": 1}),))
    assert copy.copy(net) == copy.deepcopy(net) == pickle.loads(pickle.dumps(net)) == dataclasses.replace(net) == net
    assert dataclasses.replace(net, name="M").name == "M"
    with pytest.raises(RecordError, match="input_size is 0"):
        dataclasses.replace(net, input_size=0)


def test_a_class_of_a_plugin_may_inherit_with_and_without_the_decorator() -> None:
    class Plain(api.Op):
        """An op."""

    @dataclasses.dataclass(frozen=True)
    class Frozen(api.Op):
        """An op with a further field."""

        cost: float = 1.0

    assert Plain("a", "x:y").target == "x:y"
    assert Frozen("a", "x:y", cost=2.0).cost == 2.0
    assert list(inspect.signature(Frozen).parameters)[-1] == "cost"
    for made in (Plain, Frozen):
        with pytest.raises(RecordError, match="name is 5"):
            made(5, "x:y")  # type: ignore[arg-type]  # the mistake of this test
        with pytest.raises(dataclasses.FrozenInstanceError):
            made("a", "x:y").doc = "b"  # type: ignore[misc]  # the mistake of this test


def test_the_decorator_makes_a_dataclass_of_any_class_with_checked_as_its_base() -> None:
    @record(frozen=True)
    class Point(Checked):
        """A point."""

        x: int
        names: Mapping[str, str] = dataclasses.field(default_factory=dict)

    assert [field.name for field in dataclasses.fields(Point)] == ["x", "names"]
    assert Point(1) == Point(x=1)
    assert Point(1) != Point(2)
    assert hash(api.Op("a", "x:y")) == hash(api.Op("a", "x:y"))
