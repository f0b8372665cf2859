# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Tables of all keys and sections by dotted path, made from the section classes.

The checks, the JSON Schema and docs/reference/config.md are generated from them.
"""

from __future__ import annotations

import dataclasses
from typing import Dict, Iterator, List, Tuple, Type

from ppclas_core.config.fields import REQUIRED, Items, Key, Params, Section, members
from ppclas_core.config.sections import RootSection

__all__ = ["BY_PATH", "KEYS", "NULLABLE_SECTIONS", "REQUIRED", "SECTIONS", "Items", "Key", "Params", "children"]

SECTIONS: Dict[str, str] = {}
"""Dotted path of a section -> its description."""

NULLABLE_SECTIONS: List[str] = []
"""Sections that are None in the resolved config when omitted; other sections get their defaults."""


def _keys(cls: Type[Section], section: str) -> Iterator[Key]:
    """Yield the keys of a section and of the sections below it, in order, and register those sections."""
    for member in members(cls):
        path = f"{section}.{member.name}" if section else member.name
        if member.key is not None:
            switch = member.key.switch
            switch = section + switch if switch.startswith(".") else switch
            yield dataclasses.replace(member.key, path=path, type=member.type, switch=switch)
        if member.section is not None:
            SECTIONS[path] = member.doc
            if member.optional:
                NULLABLE_SECTIONS.append(path)
            yield from _keys(member.section, path)


KEYS: Tuple[Key, ...] = tuple(_keys(RootSection, ""))

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
