# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Overrides of config values: `-o KEY=VALUE` of the command line, and `{"KEY": value}` of Python code."""

from __future__ import annotations

import typing
from typing import Dict, Iterable, List, Mapping, Optional, Union

import yaml

from ppclas_core.compat.keys import IGNORED
from ppclas_core.config.key_hints import key_hint
from ppclas_core.config.schema import BY_PATH, SECTIONS, Params, children
from ppclas_core.config.yaml_file import Loader, parse_yaml
from ppclas_core.config.yaml_node import Node, from_python, merge
from ppclas_core.errors import UserError, UserErrors, did_you_mean

Overrides = Union[Iterable[str], Mapping[str, object]]
"""Texts `KEY=VALUE`, or dotted key -> value."""


def apply_overrides(root: Node, overrides: Overrides, source: str = "overrides") -> None:
    """Set all overrides in the tree, in order.

    A mapping changes the keys that it names and keeps the others of its section; any other value replaces the former
    one. A text always replaces.

    Args:
        root: the config.
        overrides: texts as for `override`, or dotted key -> value.
        source: name of a mapping, for errors.

    Raises:
        UserError: a text is no `KEY=VALUE`, or keys do not exist; all mistakes together.
    """
    if isinstance(overrides, str):
        raise UserError(f"overrides is the text {overrides!r}; it must be a list of texts, or a dict",
                        do=f"overrides=[{overrides!r}]")
    errors: List[UserError] = []
    named = overrides if isinstance(overrides, Mapping) else None
    for item in overrides:
        try:
            if named is None:
                override(root, str(item))
            else:
                _set(root, str(item), from_python(named[item], source, str(item)), merged=True)
        except UserError as error:
            errors.append(error)
    if errors:
        raise errors[0] if len(errors) == 1 else UserErrors(errors)


def override(root: Node, pair: str) -> None:
    """Set one value in the tree.

    Args:
        root: the config.
        pair: `TRAIN.batch_size=64`, or `VALID.transforms.1.ResizeImage.resize_short=300` (list indices start at 0).
            The first `=` separates key and value; a value that is not a YAML literal is a string.

    Raises:
        UserError: there is no `=`, or the key does not exist.
    """
    path, equals, text = pair.partition("=")
    path = path.strip()
    if not equals or not path:
        raise UserError(f"-o {pair}: expected KEY=VALUE", do="for example: -o TRAIN.batch_size=64")
    _set(root, path, _written(text, f"-o {path}"))


def _set(root: Node, path: str, new: Node, *, merged: bool = False) -> None:
    """Set the value at a dotted key; `merged`: a mapping is merged into the mapping that is there."""
    *parents, leaf = path.split(".")
    node, done = root, ""
    for part in parents:
        node, done = _descend(node, part, done, new.origin)
    _put(node, leaf, done, new, merged=merged)


def _written(text: str, origin: str) -> Node:
    """Parse a command-line value into a tree that keeps the original text of each scalar."""
    value = literal(text)
    if not isinstance(value, (dict, list)):
        return Node(value, origin, text.strip())
    root = parse_yaml(text, origin)
    nodes = [root]
    for node in nodes:
        node.origin = origin
        nodes += node.value.values() if isinstance(node.value, dict) else node.value if isinstance(
            node.value, list) else ()
    return root


def literal(text: str) -> object:
    """Return the value of a command-line text: a YAML literal, `None`, or the text itself.

    No code is evaluated. `1e-4` stays a string, which numeric keys accept.
    """
    if text.strip() in ("", "None"):
        return text if text and not text.strip() else None
    try:
        value: object = yaml.load(text, Loader)
    except (yaml.YAMLError, ValueError):
        return text
    if value is None and text.strip().lower() not in ("null", "~"):  # a comment
        return text
    return value


def _descend(node: Node, part: str, done: str, origin: str) -> tuple[Node, str]:
    below = f"{done}.{part}" if done else part
    if isinstance(node.value, list):
        return node.value[_position(node, part, done, origin)], below
    if node.value is None:
        node.value = {}
    _check_name(node, part, done, origin)
    child: Node = node.value.setdefault(part, Node({}, origin))
    if child.value is None:
        child.value = {}
    if not isinstance(child.value, (dict, list)):
        raise UserError(f"{origin}: '{below}' is {child.value!r}, it has no keys below it",
                        do=f"write -o {below}=VALUE")
    return child, below


def _put(node: Node, leaf: str, done: str, new: Node, *, merged: bool) -> None:
    if isinstance(node.value, list):
        node.value[_position(node, leaf, done, new.origin)] = new
        return
    _check_name(node, leaf, done, new.origin)
    node.value[leaf] = merge(node.value[leaf], new) if merged and leaf in node.value else new


def _position(node: Node, part: str, done: str, origin: str) -> int:
    count = len(node.value)
    if not (part.isdecimal() and part.isascii() and len(part) < 10 and int(part) < count):
        items = ", ".join(f"{index}: {_title(item)}" for index, item in enumerate(node.value))
        raise UserError(f"{origin}: '{done}' has no position '{part}'",
                        do=f"its positions: {items}" if items else f"'{done}' is an empty list")
    if isinstance(node.value[int(part)].value, str) and done in BY_PATH and BY_PATH[done].names:
        item = node.value[int(part)]  # `- ToCHWImage`, short for `- ToCHWImage: {}`
        item.value = {item.value: Node({}, item.origin)}
    return int(part)


def _check_name(node: Node, part: str, done: str, origin: str) -> None:
    """Refuse a name that is neither in the mapping nor in the schema; free parameters accept any name."""
    below = f"{done}.{part}" if done else part
    if part in node.value or below in BY_PATH or below in SECTIONS or below in IGNORED:
        return
    known: Dict[str, Optional[str]] = dict.fromkeys(map(str, node.value))
    if not done or done in SECTIONS:
        known.update(children(done))
    elif _free(done):
        return
    where = f"'{done}'" if done else "the config"
    hint = key_hint(part, done)
    raise UserError(f"{origin}: {where} has no '{part}'.{hint or did_you_mean(part, known)}",
                    do=f"below it: {', '.join(known)}" if known and not hint else None)


def _free(path: str) -> bool:
    """Return whether any name is accepted here: below `params` and below an item of an op list."""
    parts = path.split(".")
    for end in range(1, len(parts) + 1):
        key = BY_PATH.get(".".join(parts[:end]))
        if key is not None:
            kinds = typing.get_args(key.type) if typing.get_origin(key.type) is typing.Union else (key.type,)
            return Params in kinds or len(parts) - end >= 2
    return False


def _title(item: Node) -> str:
    keys: List[str] = list(item.value) if item.is_mapping else [str(item.value)]
    return str(keys[0]) if keys else "{}"
