# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Base class and decorator of records: dataclasses whose methods are written once, not compiled for each class.

The methods that `dataclasses` generates for 15 frozen classes, and the creation of 800 records by them, take a fifth of
the start of every command.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, NamedTuple, Tuple, Type

from ppclas_core.record_checks import check_record

__all__ = ["Checked", "record"]

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:

    def record(*, frozen: bool) -> Callable[[type], type]:
        """Return the decorator of a dataclass with the methods of its base `Checked`; it is always frozen."""

        def decorate(record_class: type) -> type:
            made = dataclasses.dataclass(init=False, eq=False, repr=False)(record_class)
            made.__dataclass_params__.frozen = frozen  # subclasses of a frozen dataclass may be frozen, too
            return made

        return decorate


class _Signature:
    """Attribute `__signature__` of records, which `inspect.signature` returns: that of a generated `__init__`."""

    def __get__(self, record: object, record_class: Type[Any]) -> inspect.Signature:
        return inspect.signature(_generated(record_class))  # type: ignore[arg-type]  # a class is hashable


class Checked:
    """Base class of records: a wrong type or value raises a RecordError when the record is built."""

    __signature__ = _Signature()

    def __init__(self, *values: object, **named: object) -> None:
        form = _form(type(self))  # type: ignore[arg-type]  # a class is hashable
        own = vars(self)
        own.update(form.defaults)
        own.update(zip(form.names, values))
        own.update(named)
        count = len(values)
        if (count > len(form.names) or len(own) > len(form.names)
                or (count and named and not named.keys().isdisjoint(form.names[:count]))
                or (count < len(form.required) and any(own[name] is dataclasses.MISSING for name in form.required))):
            _raise_type_error(type(self), values, named)
        for name, factory in form.factories:
            if own[name] is dataclasses.MISSING:
                own[name] = factory()
        self.__post_init__()

    def __post_init__(self) -> None:
        """Check all fields.

        Raises:
            RecordError: names the record, the field, its value and what is allowed.
        """
        check_record(self)

    def __setattr__(self, name: str, value: object) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


class _Form(NamedTuple):
    """Fields of a record class.

    Args:
        names: names of all fields, in order.
        defaults: field -> default; `dataclasses.MISSING` for one without.
        required: fields that have no default.
        factories: field and function that makes its default.
    """

    names: Tuple[str, ...]
    defaults: Dict[str, object]
    required: Tuple[str, ...]
    factories: Tuple[Tuple[str, Callable[[], object]], ...]


@functools.cache
def _form(record_class: Type[Any]) -> _Form:
    fields = dataclasses.fields(record_class)
    factories = tuple((field.name, field.default_factory) for field in fields
                      if field.default_factory is not dataclasses.MISSING)
    made = dict(factories)
    required = tuple(field.name for field in fields
                     if field.default is dataclasses.MISSING and field.name not in made)
    return _Form(tuple(field.name for field in fields), {field.name: field.default for field in fields}, required,
                 factories)


def _raise_type_error(record_class: Type[Any], values: Tuple[object, ...], named: Mapping[str, object]) -> None:
    """Raise the TypeError that Python raises for wrong arguments of a generated `__init__`."""
    _generated(record_class)(*values, **named)  # type: ignore[arg-type]  # a class is hashable


@functools.cache
def _generated(record_class: Type[Any]) -> Type[Any]:
    """Return a plain dataclass with the fields of a record class, for its signature and for errors of arguments."""
    fields = [(field.name, field.type, dataclasses.field(default=field.default, default_factory=field.default_factory))
              for field in dataclasses.fields(record_class)]
    return dataclasses.make_dataclass(record_class.__name__, fields, eq=False, repr=False)
