# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Tree of config values with their origins, between the YAML files and the resolved config."""

from __future__ import annotations

import os
import typing
from dataclasses import dataclass
from typing import Any, Dict, Iterator, Optional, Tuple

from ppclas_core.system.paths import PathText


@dataclass
class Node:
    """One value and its origin.

    Args:
        value: a dict of key -> Node, a list of Node, or a scalar.
        origin: `file.yaml:14`, `-o KEY`, or the name of the source of a dict, with or without the key.
        text: original text of a scalar, if known: YAML parses `on` as True and `2026` as a number.
    """

    value: Any  # Any: narrowed by `is_mapping` or isinstance
    origin: str
    text: Optional[str] = None

    @property
    def is_mapping(self) -> bool:
        """Whether the value is a mapping."""
        return isinstance(self.value, dict)


def from_plain(data: object, origin: str) -> Node:
    """Return a tree of plain data in which every value has the same origin."""
    if isinstance(data, dict):
        return Node({key: from_plain(value, origin) for key, value in data.items()}, origin)
    if isinstance(data, (list, tuple)):
        return Node([from_plain(value, origin) for value in data], origin)
    return Node(data, origin)


def from_python(data: object, source: str, key: str = "") -> Node:
    """Return a tree of values that Python code gave; the origin of each is `source` and its dotted key.

    Paths become text, tuples become lists.

    Args:
        data: nested mappings, lists and scalars.
        source: name of the source, such as `dict`.
        key: dotted key of `data`; "" for the whole config.
    """
    origin = f"{source} {key}" if key else source
    below = f"{key}." if key else ""
    if isinstance(data, typing.Mapping):
        return Node({name: from_python(value, source, f"{below}{name}") for name, value in data.items()}, origin)
    if isinstance(data, (list, tuple)):
        return Node([from_python(value, source, f"{below}{index}") for index, value in enumerate(data)], origin)
    return Node(os.fspath(data) if isinstance(data, os.PathLike) else data, origin)


def plain(node: Node) -> Any:  # noqa: ANN401  # Any: a dict, a list or a scalar
    """Return a copy of the tree as plain dicts, lists and scalars."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def plain_for(node: Node, hint: object) -> Any:  # noqa: ANN401  # Any: as `plain`
    """Return the tree as `plain` does, but with the original text of scalars where `hint` expects a string.

    A value that matches another type of the hint is kept: `compat: 2020` is a number, `pretrained_model: yes` is True.
    """
    arguments = [kind for kind in typing.get_args(hint) if kind is not type(None)]
    origin = typing.get_origin(hint)
    kinds = arguments if origin is typing.Union else [hint]
    if isinstance(node.value, list):
        items = [typing.get_args(kind)[0] for kind in kinds if typing.get_origin(kind) is list]
        return [plain_for(item, items[0]) for item in node.value] if items else plain(node)
    misread = isinstance(node.value, (bool, int, float)) and type(node.value) not in kinds
    if misread and node.text is not None and (str in kinds or PathText in kinds):
        return node.text
    return plain(node)


def walk(node: Node, path: str) -> Iterator[Tuple[str, str]]:
    """Yield (dotted key, origin) of a value and of all values below it."""
    yield path, node.origin
    children: Dict[Any, Node] = {}
    if isinstance(node.value, dict):
        children = node.value
    elif isinstance(node.value, list):
        children = dict(enumerate(node.value))
    for key, child in children.items():
        yield from walk(child, f"{path}.{key}")


def merge(under: Node, over: Node) -> Node:
    """Merge `over` into `under`: mappings key by key; any other value is replaced.

    Parameters belong to their component: if `over` has another `name` or `function`, its `params` replace those of
    `under`.
    """
    if not (under.is_mapping and over.is_mapping):
        return over
    result = dict(under.value)
    for key in ("name", "function"):
        if key in under.value and key in over.value and under.value[key].value != over.value[key].value:
            result.pop("params", None)
    for key, child in over.value.items():
        result[key] = merge(result[key], child) if key in result else child
    return Node(result, over.origin)
