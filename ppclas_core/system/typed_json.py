# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Types of values that were read from JSON or YAML: what a file should hold, and where it does not."""

from __future__ import annotations

import typing
from typing import Any, Dict, List, Literal, Mapping, Union

_PLAIN = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def mismatch(value: Any, hint: Any, name: str) -> str:
    """Return what is wrong with a value, as `labels[3] is 5; it must be a text`, or "" when it fits.

    Args:
        hint: str, int, float, bool, Any, List, Dict, Optional, Union, Literal or a TypedDict, nested as one likes; a
            whole number fits float; true and false fit bool alone. Keys that a TypedDict does not name are ignored.
        name: of the value, in the message.
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return ""
    if origin is Union:
        return _union(value, list(arguments), name)
    if origin is Literal:
        return "" if value in arguments else f"{name} is {_shown(value)}; it must be one of {', '.join(arguments)}"
    if hint in _PLAIN:
        return "" if _is_plain(value, hint) else f"{name} is {_shown(value)}; it must be {_PLAIN[hint]}"
    if origin is list:
        return _each(value, arguments[0], name)
    return _mapping(value, hint, arguments, name)


def _is_plain(value: Any, hint: Any) -> bool:
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, (int, float) if hint is float else hint)


def _union(value: Any, kinds: List[Any], name: str) -> str:
    if value is None and type(None) in kinds:
        return ""
    problems = [mismatch(value, kind, name) for kind in kinds if kind is not type(None)]
    return "" if not all(problems) else problems[0]


def _each(value: Any, hint: Any, name: str) -> str:
    if not isinstance(value, list):
        return f"{name} is {_shown(value)}; it must be a list"
    return next(filter(None, (mismatch(item, hint, f"{name}[{at}]") for at, item in enumerate(value))), "")


def _mapping(value: Any, hint: Any, arguments: Any, name: str) -> str:
    if not isinstance(value, Mapping):
        return f"{name or 'the content'} is {_shown(value)}; it must be a mapping"
    if arguments:
        odd = [key for key in value if mismatch(key, arguments[0], "")]
        if odd:
            return f"{name} has the key {_shown(odd[0])}; it must be {_PLAIN.get(arguments[0], str(arguments[0]))}"
        return next(filter(None, (mismatch(item, arguments[1], f"{name}.{key}") for key, item in value.items())), "")
    if hint is dict:
        return ""
    hints: Dict[str, Any] = typing.get_type_hints(hint)
    missing = [key for key in hint.__required_keys__ if key not in value]
    if missing:
        return f"{name or 'the file'} lacks {', '.join(sorted(missing))}"
    inner = f"{name}." if name else ""
    return next(filter(None, (mismatch(value[key], kind, inner + key) for key, kind in hints.items() if key in value)),
                "")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
