# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Check of callbacks before a training: their classes, and the names and arguments of their methods."""

from __future__ import annotations

import difflib
import inspect
import types
from pathlib import Path
from typing import Dict, Optional, Sequence

from ppclas_core.config.yaml_file import shown_path
from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.training.callbacks import Callback

_PREFIX = "on_"
_NEAR = 0.85
"""Similarity, 0 to 1, from which another name is taken as a misspelled method."""


def check_callbacks(callbacks: Sequence[Callback]) -> None:
    """Check the callbacks that Python code passes to `train`.

    Raises:
        UserError: it is no list, an item is not an object of `Callback`, or see `callback_fault`.
    """
    if not isinstance(callbacks, (list, tuple)):
        raise UserError(f"callbacks is {callbacks!r}; it must be a list", do="callbacks=[MyCallback()]")
    for index, callback in enumerate(callbacks):
        if isinstance(callback, type):
            raise UserError(f"callbacks[{index}] is the class {callback.__name__}; it must be an object",
                            do=f"callbacks=[{callback.__name__}()]")
        if not isinstance(callback, Callback):
            raise UserError(f"callbacks[{index}] is {callback!r}; it must be an object of a subclass of "
                            "ppclas_core.Callback",
                            do="class MyCallback(Callback): ...; a callback of a plugin is named in the config")
        fault = callback_fault(callback)
        if fault is not None:
            raise fault


def callback_fault(callback: object) -> Optional[UserError]:
    """Return what is wrong with the methods of a callback; None if all can be called.

    A public method is refused if its name begins with `on_` or is almost that of a method of `Callback`, and if a class
    has methods but none of those of `Callback`. Methods with other names are helpers.
    """
    kind = type(callback)
    if not isinstance(callback, Callback):
        return UserError(f"{kind.__name__} is no subclass of ppclas_core.Callback", where=_location(kind, "__init__"),
                         do=f"class {kind.__name__}(Callback): ...")
    calls = callback_methods()
    others = [name for name in dir(kind) if not name.startswith("_") and not hasattr(Callback, name)
              and isinstance(inspect.getattr_static(kind, name), (types.FunctionType, staticmethod, classmethod))]
    for name in others:
        if name.startswith(_PREFIX) or difflib.get_close_matches(name.lower(), calls, n=1, cutoff=_NEAR):
            return UserError(f"{kind.__name__}.{name} is never called: no method of a callback has this name."
                             f"{did_you_mean(name, calls)}", where=_location(kind, name),
                             do=f"methods of a callback: {', '.join(calls)}; a helper begins with '_'")
    for name in calls:
        fault = _signature_fault(callback, name)
        if fault is not None:
            return fault
    overridden = [name for name in calls if getattr(kind, name, None) is not getattr(Callback, name)]
    if others and not overridden and not set(calls) & set(vars(callback)):
        return UserError(f"{kind.__name__} has none of the methods that a training calls, but {others[0]}",
                         where=_location(kind, others[0]), do=f"methods of a callback: {', '.join(calls)}")
    return None


def callback_methods() -> Dict[str, inspect.Signature]:
    """Return the methods of `Callback` with their signatures, in the order of their calls."""
    return {name: inspect.signature(value) for name, value in vars(Callback).items()
            if not name.startswith("_") and inspect.isfunction(value)}


def _signature_fault(callback: Callback, name: str) -> Optional[UserError]:
    """Return the error for a method that cannot be called with the arguments of the trainer; None if it can be."""
    _, *parameters = callback_methods()[name].parameters.values()
    keywords = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]
    positional = len(parameters) - len(keywords)
    method = getattr(callback, name)
    try:
        inspect.signature(method).bind(*range(positional), **dict.fromkeys(keywords))
    except TypeError:  # not callable, or other parameters
        pass
    except ValueError:  # a function of C code without a signature
        return None
    else:
        return None
    kind = type(callback)
    names = ", ".join(["self", *(each.name for each in parameters[:positional]), *(["*"] if keywords else []),
                       *keywords])
    return UserError(f"{kind.__name__}.{name} does not take the arguments of this method of a callback",
                     where=_location(kind, name), do=f"write: def {name}({names})")


def _location(kind: type, name: str) -> Optional[str]:
    """Return `file:line` of a method; None if it is no Python function."""
    code = getattr(inspect.unwrap(getattr(kind, name, kind)), "__code__", None)
    if not isinstance(code, types.CodeType):
        return None
    file = code.co_filename
    return f"{file if file.startswith('<') else shown_path(Path(file))}:{code.co_firstlineno}"
