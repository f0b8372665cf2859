# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Type check of a plugin's records: fields must have the types that the record class declares."""

from __future__ import annotations

import dataclasses
import functools
import typing
from collections.abc import Mapping
from typing import List, Tuple, Type

Check = Tuple[str, Tuple[type, ...], Tuple[type, ...], object]
"""Field name, accepted types, accepted types of the items of a tuple, and the default, which is always accepted."""


def unusable(record: object, record_class: Type[object]) -> str:
    """Return why a record is invalid, e.g. "its name is 5, not str"; "" for a valid one.

    Only types are checked. `ppclas_core.testing` checks the values.
    """
    if not isinstance(record, record_class):
        return f"it is {_short(record)}, not a {record_class.__name__}"
    if getattr(record, "name", None) == "":
        return "its name is empty"
    for field, types, items, default in _checks(record_class):  # type: ignore[arg-type]  # a class is hashable
        value = getattr(record, field)
        if value is default:
            continue
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            return f"its {field} is {_short(value)}, not {' or '.join(_name(kind) for kind in types)}"
        for item in value if items and isinstance(value, (tuple, list)) else ():
            if not isinstance(item, items):
                return f"its {field} contain {_short(item)}, not {' or '.join(_name(kind) for kind in items)}"
            if dataclasses.is_dataclass(item) and (problem := unusable(item, type(item))):
                return f"one of its {field}: {problem}"
    return ""


@functools.cache
def _checks(record_class: Type[object]) -> List[Check]:
    """Return the type checks of all fields of a record class."""
    hints = typing.get_type_hints(record_class)
    fields = dataclasses.fields(record_class)  # type: ignore[arg-type]  # record classes are dataclasses
    return [(field.name, *_kinds(hints[field.name]), field.default) for field in fields]


def _kinds(hint: object) -> Tuple[Tuple[type, ...], Tuple[type, ...]]:
    """Return the accepted types of a value, and of its items if it is a tuple."""
    types: Tuple[type, ...] = ()
    items: Tuple[type, ...] = ()
    for kind in typing.get_args(hint) if typing.get_origin(hint) is typing.Union else (hint,):
        origin = typing.get_origin(kind) or kind
        if origin is tuple:
            types += (tuple, list)
            items += _kinds(typing.get_args(kind)[0])[0]
        elif origin is Mapping:
            types += (dict, Mapping)
        elif origin is float:
            types += (float, int)
        else:
            types += (origin,)
    return types, items


def _name(kind: type) -> str:
    return "None" if kind is type(None) else kind.__name__


def _short(value: object) -> str:
    try:
        text = repr(value)
    except Exception:  # the `__repr__` of a plugin's value may raise anything
        text = f"a {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:80]} ..."
