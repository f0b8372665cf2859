# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Building blocks of the section classes: `Section`, `key`, `section`, and the records of keys and members."""

from __future__ import annotations

import copy
import dataclasses
import functools
import typing
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple, Type, TypeVar


class _Required:
    def __repr__(self) -> str:
        return "required"


REQUIRED = _Required()
"""Default of a required key: needed when its section is present (top level: when `mode` is `train`)."""

Params = Dict[str, Any]
Items = List[Dict[str, Any]]


@dataclass(frozen=True)
class Key:
    """One key of the config.

    Args:
        path: dotted path, e.g. `TRAIN.batch_size`.
        type: type that values are coerced to; the component checks `Params`, `Items` are lists of one-key mappings.
        default: value of an omitted key, or `REQUIRED`.
        doc: meaning, with the unit.
        names: catalogue kind whose names are valid values (for `Items`: valid keys of each item).
        minimum, maximum: inclusive range of a number.
        length: number of values of a list.
        off: number outside the range that means the default.
        switch: key (or `key=value`) that enables this one.
        dormant: value that is accepted, besides the default, while the switch is off, because resolved configs of
            earlier versions have it.
        new: legacy configs do not have the key.
    """

    path: str
    type: object
    default: object
    doc: str
    names: str = ""
    minimum: Optional[float] = None
    maximum: Optional[float] = None
    length: Optional[int] = None
    off: Optional[float] = None
    switch: str = ""
    dormant: object = None
    new: bool = False

    @property
    def section(self) -> str:
        """Dotted path of the section; empty at top level."""
        return self.path.rpartition(".")[0]

    @property
    def name(self) -> str:
        """Last part of the path."""
        return self.path.rpartition(".")[2]


def key(
    default: object,
    doc: str,
    *,
    name: str = "",
    names: str = "",
    minimum: Optional[float] = None,
    maximum: Optional[float] = None,
    length: Optional[int] = None,
    off: Optional[float] = None,
    switch: str = "",
    dormant: object = None,
    new: bool = False,
) -> Any:  # noqa: ANN401  # Any: the annotation of the field is the type, as with `dataclasses.field`
    """Return the dataclass field of a key; its annotation is the type of the key.

    All arguments but `name` are those of `Key`. A field whose default is `REQUIRED` is None if the key is omitted, as
    in a config that only evaluates. `name` is the name in YAML if it differs from that of the field. A `switch` that
    begins with a dot is a key of the same section.
    """
    entry = Key(name, None, default, doc, names, minimum, maximum, length, off, switch, dormant, new)
    value = None if default is REQUIRED else default
    if isinstance(value, (list, dict)):
        return dataclasses.field(default_factory=lambda: copy.deepcopy(value), metadata={"key": entry})
    return dataclasses.field(default=value, metadata={"key": entry})


def section(
    doc: str, *, name: str = "", default: Optional[Callable[[], object]] = None
) -> Any:  # noqa: ANN401  # Any: as in `key`
    """Return the dataclass field of a section; its annotation is the class of the section.

    Args:
        doc: meaning.
        name: name in YAML if it differs from that of the field.
        default: class that gives the values of an omitted section; None: an omitted section is None, and the annotation
            is `Optional`.
    """
    metadata = {"name": name, "section": doc}
    if default is None:
        return dataclasses.field(default=None, metadata=metadata)
    return dataclasses.field(default_factory=default, metadata=metadata)


AnySection = TypeVar("AnySection", bound="Section")


class Section:
    """Typed, read-only section of a config.

    A subclass is a frozen dataclass. A field made by `key` is a key, a field made by `section` is a section. The
    annotation of a field is its type. Resolved YAML has the order of the fields.
    """

    @classmethod
    def from_values(cls: Type[AnySection], values: Mapping[str, Any]) -> AnySection:
        """Return the section with checked plain values; an omitted key has its default, None if it is required.

        Args:
            values: name in YAML -> value. Lists and mappings are not copied.
        """
        given = {}
        for member in members(cls):
            if member.name not in values:
                continue
            value = values[member.name]
            if member.section is None:
                given[member.field] = value
            elif isinstance(value, Mapping):
                given[member.field] = member.section.from_values(value)
        return cls(**given)


@dataclass(frozen=True)
class Member:
    """Key or section of a section class.

    Args:
        field: name of the attribute.
        name: name in YAML.
        type: annotation of a key; None for a section.
        key: the key; None for a section.
        section: class of a section; None for a key.
        optional: an omitted section is None.
        doc: meaning of a section.
    """

    field: str
    name: str
    type: object
    key: Optional[Key] = None
    section: Optional[Type[Section]] = None
    optional: bool = False
    doc: str = ""


def members(cls: Type[Section]) -> Tuple[Member, ...]:
    """Return the keys and sections of a section class in the order of its fields."""
    return _cached_members(cls)  # type: ignore[arg-type]  # mypy takes the __hash__ of instances for that of the class


@functools.cache
def _cached_members(cls: Type[Section]) -> Tuple[Member, ...]:
    return tuple(_read_members(cls))


def _read_members(cls: Type[Section]) -> Iterator[Member]:
    hints = typing.get_type_hints(cls)
    for item in dataclasses.fields(cls):  # type: ignore[arg-type]  # each subclass is a dataclass
        hint = hints[item.name]
        if "key" in item.metadata:
            key: Key = item.metadata["key"]
            yield Member(item.name, key.path or item.name, hint, key)
            continue
        name = item.metadata["name"] or item.name
        optional = typing.get_origin(hint) is typing.Union
        kind = typing.get_args(hint)[0] if optional else hint
        yield Member(item.name, name, None, None, kind, optional, item.metadata["section"])
