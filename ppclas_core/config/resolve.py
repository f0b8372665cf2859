# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Resolution of the YAML tree against the schema: types, defaults, unknown keys; all mistakes in one pass."""

from __future__ import annotations

import copy
from typing import Any, Dict, List, Optional, Set

from ppclas_core.compat.keys import IGNORED, without_ignored
from ppclas_core.config.key_hints import key_hint, keys_meant
from ppclas_core.config.schema import (
    BY_PATH,
    NULLABLE_SECTIONS,
    REQUIRED,
    SECTIONS,
    Items,
    Key,
    Params,
    children,
)
from ppclas_core.config.yaml_node import Node, plain, plain_for, walk
from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.plugins.signature import coerce


class Resolution:
    """Result of `resolve`.

    Args:
        values: nested dicts and lists with every key of the schema.
        origins: dotted key -> location of its value; keys with default values are absent.
        errors: all mistakes.
        warnings: one-line texts with their location.
    """

    def __init__(self) -> None:
        self.values: Dict[str, Any] = {}
        self.origins: Dict[str, str] = {}
        self.errors: List[UserError] = []
        self.warnings: List[str] = []
        self.meant: Set[str] = set()  # keys that misspelled keys probably mean

    def warn(self, path: str, text: str) -> None:
        """Add a warning with the location of a key."""
        self.warnings.append(f"{self.origins[path]}: {text}" if path in self.origins else text)

    def error(self, path: str, what: str, do: str | None = None) -> None:
        """Add a mistake with the location of a key, or of the nearest enclosing section that has one."""
        self.errors.append(UserError(what, where=self.where(path), do=do))

    def where(self, path: str) -> str:
        """Return the origin of a key, else of the nearest enclosing section that has one, else of the file."""
        while path and path not in self.origins:
            path = path.rpartition(".")[0]
        return self.origins[path]

    def get(self, path: str) -> Any:  # noqa: ANN401  # Any: values have the types of the schema
        """Return the value at a dotted key; None if an enclosing section is None."""
        value: Any = self.values
        for part in path.split("."):
            if value is None:
                return None
            value = value[part]
        return value


def resolve(root: Node) -> Resolution:
    """Check the tree against the schema and fill in the defaults; names of components are not looked up."""
    result = Resolution()
    result.origins[""] = root.origin
    mode = root.value.get("mode")
    result.values = _section(result, "", root, training=mode is None or mode.value != "valid")
    return result


def _section(result: Resolution, section: str, node: Node, *, training: bool = True) -> Dict[str, Any]:
    known = children(section)
    _report_unknown(result, section, node, known)
    values: Dict[str, Any] = {}
    for name, path in known.items():
        child = node.value.get(name)
        if child is not None and child.value is None:
            child = None  # `key:` without a value
        if child is not None:
            result.origins[path] = child.origin
        if path in SECTIONS:
            values[name] = _subsection(result, path, child)
        else:
            values[name] = _value(result, BY_PATH[path], child, training=training)
    return values


def _subsection(result: Resolution, path: str, node: Node | None) -> Optional[Dict[str, Any]]:
    if node is None and path in NULLABLE_SECTIONS:
        return None
    if node is not None and not node.is_mapping:
        result.error(path, f"{path} is {plain(node)!r}; it must be a section with keys below it",
                     do=f"its keys: {', '.join(children(path))}")
        return None
    return _section(result, path, node or Node({}, result.where(path)))


def _report_unknown(result: Resolution, section: str, node: Node, known: Dict[str, str]) -> None:
    for name, child in node.value.items():
        path = f"{section}.{name}" if section else str(name)
        if name in known:
            continue
        if path in IGNORED:
            result.warnings.append(f"{child.origin}: '{path}' {IGNORED[path]}")
            continue
        nearest = key_hint(str(name), section) or did_you_mean(str(name), known)
        result.meant.update(keys_meant(str(name), section))
        result.meant.update(other for word, other in known.items() if f"'{word}'" in nearest)
        scope = f" in {section}" if section else ""
        result.errors.append(UserError(f"unknown key '{name}'{scope}.{nearest}", where=child.origin,
                                       do=None if nearest else f"known keys{scope}: {', '.join(known)}"))


def _value(result: Resolution, key: Key, node: Node | None, *, training: bool) -> object:
    if node is None:
        if key.default is not REQUIRED:
            return copy.deepcopy(key.default)
        if training and key.path not in result.meant:
            needs = f"'{key.section}' needs" if key.section else "the config needs"
            result.error(key.section, f"{needs} the key '{key.name}': {key.doc}",
                         do=None if key.section else "or set 'mode: valid' for a config that only evaluates")
        return None
    if key.type is Params:
        return _params(result, key, node)
    if key.type == Items:
        return _items(result, key, node)
    try:
        value = coerce(plain_for(node, key.type), key.type, what=key.path)
    except UserError as error:
        result.errors.append(error.at(node.origin))
        return None
    if key.off is not None and value == key.off:
        return copy.deepcopy(key.default)
    _check_range(result, key, value)
    return value


def _check_range(result: Resolution, key: Key, value: object) -> None:
    if key.length is not None and isinstance(value, list) and len(value) != key.length:
        result.error(key.path, f"{key.path} is {value!r}; it must have {key.length} values")
    for number in value if isinstance(value, list) else [value]:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            continue
        low, high = key.minimum, key.maximum
        if (low is not None and not number >= low) or (high is not None and not number <= high):
            bounds = f"{low} to {high}" if high is not None else f"at least {low}"
            off = f", or {key.off} for off" if key.off is not None else ""
            result.error(key.path, f"{key.path} is {value!r}; it must be {bounds}{off}")
            return


def _params(result: Resolution, key: Key, node: Node) -> Dict[str, Any]:
    if not node.is_mapping:
        result.error(key.path, f"{key.path} is {plain(node)!r}; it must be a mapping of parameters")
        return {}
    result.origins.update(walk(node, key.path))
    values: Dict[str, Any] = plain(node)
    if key.path == "ARCHITECTURE.params" and "is_test" in values:  # the trainer sets train or eval mode itself
        result.warn(f"{key.path}.is_test", "'is_test' has no effect; training and evaluation set it themselves")
        del values["is_test"]
    if key.path == "ARCHITECTURE.params" and "postfix_name" in values:  # the loader detects suffixes
        if values["postfix_name"]:
            result.warn(f"{key.path}.postfix_name", "'postfix_name' has no effect; a suffix that all names of a file "
                        "of weights have is recognised when it is loaded")
        del values["postfix_name"]
    return values


def _items(result: Resolution, key: Key, node: Node) -> List[Dict[str, Any]]:
    if not isinstance(node.value, list):
        result.error(key.path, f"{key.path} is {plain(node)!r}; it must be a list of '- Name: {{parameters}}'")
        return []
    items = []
    for index, item in enumerate(node.value):
        path = f"{key.path}.{index}"
        if isinstance(item.value, str):  # `- ToCHWImage`
            item = Node({item.value: Node(None, item.origin)}, item.origin)
        if not item.is_mapping or len(item.value) != 1:
            result.errors.append(UserError(
                f"position {index} of {key.path} is {plain(item)!r}; it must be one name with its parameters",
                where=item.origin, do="write '- Name:' and the parameters indented below the name"))
            continue
        (name, params), = item.value.items()
        if params.value is None:
            params = Node({}, params.origin)
        if not params.is_mapping:
            result.errors.append(UserError(f"the parameters of {name} are {plain(params)!r}; they must be a mapping",
                                           where=params.origin))
            continue
        result.origins.update(walk(Node({name: params}, item.origin), path))
        items.append({name: drop_ignored(result, key.names, name, plain(params), f"{path}.{name}")})
    return items


def drop_ignored(result: Resolution, kind: str, name: str, params: Dict[str, Any], path: str) -> Dict[str, Any]:
    """Return `params` without legacy parameters that have no effect, and add a warning for each of them."""
    kept, warned = without_ignored(kind, name, params)
    for key in warned:
        result.warn(f"{path}.{key}", f"'{key}' has no effect on {name}")
    return kept
