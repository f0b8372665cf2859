# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Tables of all keys and sections by dotted path, made from the section classes.

The checks, the JSON Schema and docs/reference/config.md are generated from them.
"""

from __future__ import annotations

import dataclasses
from typing import Dict, Iterator, Tuple, Type

from ppclas_core.config.fields import REQUIRED, Items, Key, Member, Params, Section, members
from ppclas_core.config.sections import RootSection

__all__ = ["BY_PATH", "KEYS", "NULLABLE_SECTIONS", "REQUIRED", "SECTIONS", "Items", "Key", "Params", "children"]


def _walk(cls: Type[Section], section: str = "") -> Iterator[Tuple[str, Member]]:
    """Yield (dotted path, member) of all keys and sections below a section, in order."""
    for member in members(cls):
        path = f"{section}.{member.name}" if section else member.name
        yield path, member
        if member.section is not None:
            yield from _walk(member.section, path)


def _key(path: str, member: Member, key: Key) -> Key:
    """Return the key of a member with its dotted path, type and the dotted path of its switch."""
    section = path.rpartition(".")[0]
    switch = section + key.switch if key.switch.startswith(".") else key.switch
    return dataclasses.replace(key, path=path, type=member.type, switch=switch)


KEYS: Tuple[Key, ...] = tuple(_key(path, member, member.key) for path, member in _walk(RootSection)
                              if member.key is not None)

SECTIONS: Dict[str, str] = {path: member.doc for path, member in _walk(RootSection) if member.section is not None}
"""Dotted path of a section -> its description."""

NULLABLE_SECTIONS: Tuple[str, ...] = tuple(path for path, member in _walk(RootSection) if member.optional)
"""Sections that are None in the resolved config when omitted; other sections get their defaults."""

BY_PATH: Dict[str, Key] = {key.path: key for key in KEYS}


def children(section: str) -> Dict[str, str]:
    """Return name -> dotted path of the children of a section ("": top level), in the order of the schema."""
    prefix = f"{section}." if section else ""
    names: Dict[str, str] = {}
    for key in KEYS:
        if key.path.startswith(prefix):
            name = key.path[len(prefix):].split(".")[0]
            names.setdefault(name, prefix + name)
    return names
