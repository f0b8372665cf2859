# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Signature of a target as the schema of its parameters: names, types, defaults, coercion, suggestions."""

from __future__ import annotations

import inspect
import math
import os
import re
import types
import typing
from pathlib import Path
from typing import (
    Any,
    Callable,
    Dict,
    Iterable,
    List,
    Mapping,
    NamedTuple,
    Sequence,
    SupportsFloat,
    SupportsInt,
    Tuple,
    Union,
    cast,
)

from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.system.paths import PathText, expand_path

REQUIRED = inspect.Parameter.empty
_UNIONS = (Union, getattr(types, "UnionType", Union))
"""Origins of `Union[X, Y]` and, from Python 3.10 on, of `X | Y`."""


class Parameter(NamedTuple):
    """Parameter of a target: name, type hint (`Any` without one) and default (`REQUIRED` without one)."""

    name: str
    type: Any
    default: Any


def parameters(target: Callable[..., Any], *, hidden: Iterable[str] = ()) -> Dict[str, Parameter]:
    """Return the configurable parameters of a class or function, in order.

    Args:
        target: class or function.
        hidden: names that the caller supplies and a config cannot set.

    Raises:
        TypeError: the target has `*args` or `**kwargs`, which would accept misspelled keys.
    """
    function = target.__init__ if inspect.isclass(target) else target
    try:
        hints = typing.get_type_hints(function)
    except (NameError, TypeError):  # a hint that only type checkers can resolve
        hints = {}
    result: Dict[str, Parameter] = {}
    for parameter in inspect.signature(target).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise TypeError(f"{_label(target)} takes *{parameter.name}: its signature is its config schema")
        if parameter.name not in set(hidden):
            hint = hints.get(parameter.name, Any)
            result[parameter.name] = Parameter(parameter.name, hint, parameter.default)
    return result


def schema_problems(target: Callable[..., Any], *, hidden: Iterable[str] = ()) -> List[str]:
    """Return why the signature of a class or function is no schema of a config: a text with its fix per parameter.

    Args:
        target: class or function.
        hidden: names that the caller supplies and a config cannot set.
    """
    try:
        hints, fault = typing.get_type_hints(target.__init__ if inspect.isclass(target) else target), ""
    except Exception as error:  # a hint is code and may raise anything
        hints, fault = {}, f"{type(error).__name__}: {error}"
    problems = []
    for parameter in inspect.signature(target).parameters.values():
        name = parameter.name
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            star = "*" if parameter.kind is parameter.VAR_POSITIONAL else "**"
            problems.append(f"it takes {star}{name}, so misspelled keys of a config would be accepted\n"
                            "  write out the parameters")
        elif name in set(hidden):
            continue
        elif parameter.kind is parameter.POSITIONAL_ONLY:
            problems.append(f"parameter '{name}' is positional-only; configs pass parameters by name\n  remove the '/'")
        elif parameter.annotation is parameter.empty:
            problems.append(f"parameter '{name}' has no type hint, so values of a config are not converted\n"
                            f"  write, for example, {name}: int")
        elif name in hints and not _is_usable(hints[name]):
            problems.append(f"parameter '{name}' has the type hint {_text(hints[name])}, which no value of a config "
                            "has\n"
                            "  use bool, int, float, str, Path, or a list, tuple, mapping, Literal or Optional of them")
    if fault:
        problems.append(f"its type hints cannot be evaluated ({fault})\n"
                        "  import the names at run time, and write Optional[X] for X | None on Python 3.9")
    return problems


def _is_usable(hint: object) -> bool:
    """Return whether `coerce` can check values of a hint."""
    origin = typing.get_origin(hint)
    if hint in (Any, object, None, type(None), bool, int, float, str, PathText, Path) or origin is typing.Literal:
        return True
    if isinstance(hint, typing.TypeVar):
        return True
    known = ("list", "List", "tuple", "Tuple", "Sequence", "Iterable", "dict", "Dict", "Mapping")
    if origin not in _UNIONS and getattr(origin or hint, "__name__", "") not in known:
        return False
    return all(_is_usable(each) for each in typing.get_args(hint) if each is not Ellipsis)


def _text(hint: object) -> str:
    return hint.__name__ if isinstance(hint, type) else str(hint).replace("typing.", "")


def bind_parameters(
    target: Callable[..., Any],
    params: Mapping[str, Any],
    *,
    owner: str,
    hidden: Iterable[str] = (),
    extra: Iterable[str] = (),
) -> Dict[str, Any]:
    """Check `params` against the signature of `target` and coerce each value to its declared type.

    Args:
        target: class or function.
        params: values by parameter name.
        owner: name of the component in errors, e.g. "op 'Cutout'".
        hidden: parameters that the caller supplies.
        extra: further keys to suggest in errors.

    Raises:
        UserError: a key is unknown or missing, or a value has the wrong type.
    """
    known = parameters(target, hidden=hidden)
    bound: Dict[str, Any] = {}
    for key, value in params.items():
        if key not in known:
            names = [*known, *extra]
            raise UserError(
                f"{owner} has no parameter '{key}'.{did_you_mean(str(key), names)}",
                do=f"its parameters: {', '.join(names) or 'none'}",
            )
        bound[key] = coerce(value, known[key].type, what=f"parameter '{key}' of {owner}")
    missing = [name for name, parameter in known.items() if parameter.default is REQUIRED and name not in bound]
    if missing:
        raise UserError(f"{owner} needs the parameter '{missing[0]}'", do=f"its parameters: {', '.join(known)}")
    return bound


def number(text: str) -> float:
    """Parse a number, or a quotient of two numbers such as the `1./255.` of legacy configs.

    Raises:
        ValueError: the text is neither; no expression is evaluated.
    """
    match = re.fullmatch(r"\s*([-+.\deE]+)\s*/\s*([-+.\deE]+)\s*", text)
    return float(match.group(1)) / float(match.group(2)) if match else float(text)


def coerce(value: object, hint: object, *, what: str) -> Any:  # noqa: ANN401  # Any: has the type of the hint
    """Convert a value to the type of a hint, e.g. `"1e-4"` to 1e-4 for float or a list to a tuple.

    Args:
        value: value from a config.
        hint: type hint; `Any` accepts every value.
        what: description of the value, for errors.

    Raises:
        UserError: the value cannot be converted.
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any or isinstance(hint, typing.TypeVar):
        return value
    if origin in _UNIONS:
        if value is None and type(None) in arguments:
            return None
        return _first_fit(value, [kind for kind in arguments if kind is not type(None)], what)
    if origin is typing.Literal:
        if value in arguments:
            return value
        raise UserError(f"{what} is {value!r}.{did_you_mean(str(value), map(str, arguments))}",
                        do=f"one of: {', '.join(map(str, arguments))}")
    name = getattr(origin or hint, "__name__", str(hint))
    try:
        if hint is bool:
            return _bool(value)
        if hint is int:
            return _int(value)
        if hint is float:
            if isinstance(value, bool):
                raise ValueError
            return _finite(number(value) if isinstance(value, str) else float(cast(SupportsFloat, value)), what)
        if hint is str or hint is PathText:
            if not isinstance(value, str):
                raise ValueError
            return expand_path(value) if hint is PathText else value
        if hint is Path:
            return Path(expand_path(os.fspath(cast("os.PathLike[str]", value))))
        if name in ("list", "List", "tuple", "Tuple", "Sequence", "Iterable"):
            return _sequence(value, name.lower(), arguments, what)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError):
        do = None
        if hint in (str, PathText) and isinstance(value, (bool, int, float)):
            do = "put it in quotes: YAML reads yes, on, 0755 and 1.0 as other types than text"
        elif name in ("list", "List") and isinstance(value, str):
            do = f"write it as a list: [{value}]"
        raise UserError(f"{what} is {value!r}; it must be {_a(hint)}", do=do) from None
    if name in ("dict", "Dict", "Mapping"):
        if not isinstance(value, Mapping):
            raise UserError(f"{what} is {value!r}; it must be a mapping")
        if arguments and arguments[0] in (bool, int, float):  # keys are strings
            return {coerce(key, arguments[0], what=f"a key of {what}"): each for key, each in value.items()}
    return value


def _first_fit(value: object, kinds: Sequence[object], what: str) -> object:
    if isinstance(value, str) and PathText in kinds and not any(value in typing.get_args(kind) for kind in kinds):
        return expand_path(value)  # its own error is more specific
    exact = [kind for kind in kinds if isinstance(kind, type) and type(value) is kind]
    errors = []
    for kind in [*exact, *kinds]:
        try:
            return coerce(value, kind, what=what)
        except UserError as error:
            errors.append(error)
    wanted = " or ".join(dict.fromkeys(_a(kind) for kind in kinds))
    raise UserError(f"{what} is {value!r}; it must be {wanted}") from errors[-1]


def _bool(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in (0, 1):
        return bool(value)
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise ValueError


def _int(value: object) -> int:
    if isinstance(value, bool):
        raise ValueError
    if isinstance(value, str):
        value = number(value)
    whole = int(cast(SupportsInt, value))
    if whole != value or abs(whole) >= 2**63:
        raise ValueError
    return whole


def _finite(value: float, what: str) -> float:
    if not math.isfinite(value):  # .inf, .nan, 1e400
        raise UserError(f"{what} is {value}; it must be a finite number")
    return value


def _sequence(value: object, name: str, arguments: Tuple[object, ...],
              what: str) -> Union[List[object], Tuple[object, ...]]:
    if isinstance(value, (str, bytes)) or not isinstance(value, (list, tuple)):
        raise ValueError
    if name == "tuple" and arguments and arguments[-1] is not Ellipsis:
        if len(value) != len(arguments):
            raise UserError(f"{what} is {value!r}; it must have {len(arguments)} values")
        items = [coerce(item, kind, what=what) for item, kind in zip(value, arguments)]
    else:
        kind = arguments[0] if arguments else Any
        items = [coerce(item, kind, what=what) for item in value]
    return tuple(items) if name == "tuple" else items


def _a(hint: object) -> str:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    plain = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", PathText: "a path",
             Path: "a path"}
    if hint in plain:
        return plain[hint]
    if origin in (list, tuple) or getattr(origin, "__name__", "") == "Sequence":
        inner = plain.get(arguments[0], "value").split(" ", 1)[-1] if arguments else "value"
        return f"a list of {inner}s"
    return str(hint).replace("typing.", "")


def _label(target: Callable[..., Any]) -> str:
    return f"{getattr(target, '__module__', '')}.{getattr(target, '__qualname__', target)}"
