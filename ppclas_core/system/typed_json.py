# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Type check of values from JSON or YAML against type hints."""

from __future__ import annotations

import typing
from typing import Any, Dict, FrozenSet, Literal, Mapping, Sequence, Union, cast

_PLAIN: Dict[type, str] = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def mismatch(value: object, hint: object, name: str) -> str:
    """Return what is wrong with a value, such as `labels[3] is 5; it must be a text`; "" if it has the type.

    Args:
        value: the value to check.
        hint: str, int, float, bool, Any, List, Dict, Optional, Union, Literal or a TypedDict, also nested. An int is a
            valid float; a bool is valid for bool only. Keys that a TypedDict lacks are ignored.
        name: name of the value in the message.
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return ""
    if origin is Union:
        return _union(value, arguments, name)
    if origin is Literal:
        return "" if value in arguments else f"{name} is {_shown(value)}; it must be one of {', '.join(arguments)}"
    if isinstance(hint, type) and hint in _PLAIN:
        return "" if _is_plain(value, hint) else f"{name} is {_shown(value)}; it must be {_PLAIN[hint]}"
    if origin is list:
        return _each(value, arguments[0], name)
    return _mapping(value, hint, arguments, name)


def _is_plain(value: object, hint: type) -> bool:
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, (int, float) if hint is float else hint)


def _union(value: object, kinds: Sequence[object], name: str) -> str:
    if value is None and type(None) in kinds:
        return ""
    problems = [mismatch(value, kind, name) for kind in kinds if kind is not type(None)]
    return "" if not all(problems) else problems[0]


def _each(value: object, hint: object, name: str) -> str:
    if not isinstance(value, list):
        return f"{name} is {_shown(value)}; it must be a list"
    return next(filter(None, (mismatch(item, hint, f"{name}[{at}]") for at, item in enumerate(value))), "")


def _mapping(value: object, hint: object, arguments: Sequence[object], name: str) -> str:
    if not isinstance(value, Mapping):
        return f"{name or 'the content'} is {_shown(value)}; it must be a mapping"
    if arguments:
        wrong = [key for key in value if mismatch(key, arguments[0], "")]
        if wrong:
            wanted = _PLAIN.get(cast(type, arguments[0]), str(arguments[0]))
            return f"{name} has the key {_shown(wrong[0])}; it must be {wanted}"
        return next(filter(None, (mismatch(item, arguments[1], f"{name}.{key}") for key, item in value.items())), "")
    if hint is dict:
        return ""
    hints = typing.get_type_hints(hint)
    required: FrozenSet[str] = getattr(hint, "__required_keys__", frozenset())
    missing = [key for key in required if key not in value]
    if missing:
        return f"{name or 'the file'} lacks {', '.join(sorted(missing))}"
    inner = f"{name}." if name else ""
    return next(filter(None, (mismatch(value[key], kind, inner + key) for key, kind in hints.items() if key in value)),
                "")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
