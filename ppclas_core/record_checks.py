# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Checks of the records of `ppclas_core.api` when they are built: types by the annotations, values by `record_rules`.

Every command builds the records of all plugins, so the checks compile few regular expressions and evaluate no type
hints.
"""

from __future__ import annotations

import dataclasses
import functools
import sys
from collections.abc import Mapping
from typing import Any, Dict, List, NamedTuple, Tuple, Type

from ppclas_core.errors import UserError
from ppclas_core.record_rules import RELATIONS, REQUIRED, Rule, rule_of


class RecordError(UserError):
    """Invalid field of a record."""


class Checked:
    """Base class of records: a wrong type or value raises a RecordError when the record is built.

    It has the comparison and the `repr` of all records: dataclasses would compile both again for each class, which
    takes milliseconds of every command's start.
    """

    def __post_init__(self) -> None:
        """Check all fields.

        Raises:
            RecordError: names the record, the field, its value and what is allowed.
        """
        check_record(self)

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


class FieldCheck(NamedTuple):
    """Check of one field.

    Args:
        field: name of the field.
        types: accepted types of the value.
        items: accepted types of the items, if the value is a tuple.
        default: default of the field, which is accepted unchecked.
        rule: check of the value.
        required: a tuple must have an item.
    """

    field: str
    types: Tuple[type, ...]
    items: Tuple[type, ...]
    default: object
    rule: Rule
    required: bool


def check_record(record: object) -> None:
    """Raise a RecordError if a field of a record has a wrong type or value, or two fields contradict each other."""
    values = vars(record)
    for check in _checks(type(record)):  # type: ignore[arg-type]  # a class is hashable
        field, types, items, default, rule, _ = check
        value = values[field]
        if value is default or (not items and type(value) in types and not rule(value)):  # nearly all values
            continue
        problem = _problem(value, check)
        if problem:
            raise RecordError(f"{_label(record)}: {field} {problem}")
    relation = RELATIONS.get(type(record).__name__)
    problem = relation(record) if relation else ""
    if problem:
        raise RecordError(f"{_label(record)}: {problem}")


def _problem(value: object, check: FieldCheck) -> str:
    """Return what is wrong with the value of a field; "" if it is allowed."""
    if not _is_a(value, check.types):
        hint = f", such as ({short_repr(value)},)" if isinstance(value, str) and check.items else ""
        return f"is {short_repr(value)}; it must be {_types(check.types)}{hint}"
    if not isinstance(value, (tuple, list)):
        allowed = "" if value is None else check.rule(value)
        return f"is {short_repr(value)}; it must be {allowed}" if allowed else ""
    if check.required and not value:
        return "is empty; it must have an item"
    for item in value:
        if not _is_a(item, check.items):
            return f"contains {short_repr(item)}; each item must be {_types(check.items)}"
        allowed = check.rule(item)
        if allowed:
            return f"contains {short_repr(item)}; each item must be {allowed}"
    return ""


def _is_a(value: object, types: Tuple[type, ...]) -> bool:
    """Return whether a value has one of the types; a bool is no number."""
    kind = type(value)
    return kind in types or (isinstance(value, types) and kind is not bool)


@functools.cache
def _checks(record_class: Type[Any]) -> List[FieldCheck]:
    """Return the checks of all fields of a record class."""
    checks = []
    for field in dataclasses.fields(record_class):
        types, items = _accepted(str(field.type), sys.modules[record_class.__module__])
        checks.append(FieldCheck(field.name, types, items, field.default, rule_of(record_class, field.name),
                                 field.name in REQUIRED))
    return checks


def _accepted(annotation: str, module: object) -> Tuple[Tuple[type, ...], Tuple[type, ...]]:
    """Return the accepted types of a value, and of its items if it is a tuple, from the text of an annotation."""
    outer, _, inner = annotation.partition("[")
    inner = inner[:-1]
    if outer == "Optional":
        types, items = _accepted(inner, module)
        return (*types, type(None)), items
    if outer == "Tuple":
        return (tuple, list), _accepted(inner.rpartition(",")[0], module)[0]
    if outer == "Mapping":
        return (dict, Mapping), ()
    known: Dict[str, Tuple[type, ...]] = {"str": (str,), "int": (int,), "bool": (bool,), "float": (float, int)}
    return known.get(outer) or (getattr(module, outer, object),), ()


def _label(record: object) -> str:
    name = "" if type(record).__name__ == "ConfigDir" else getattr(record, "name", "")
    return f"{type(record).__name__} {short_repr(name)}" if name else type(record).__name__


def _types(types: Tuple[type, ...]) -> str:
    names = {tuple: "a tuple", list: "", str: "a string", int: "an integer", float: "a number", bool: "True or False",
             dict: "a mapping", Mapping: "", type(None): "None"}
    given = [names.get(kind, f"a record {kind.__name__}") for kind in types if kind is not int or float not in types]
    return " or ".join(filter(None, given))


def short_repr(value: object) -> str:
    """Return the `repr` of a value, cut at 80 characters; a failing `__repr__` is tolerated."""
    try:
        text = repr(value)
    except Exception:  # the `__repr__` of a plugin's value may raise anything
        text = f"a {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:80]} ..."
