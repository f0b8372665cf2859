# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Locations in the source code of a plugin, as `package/file.py:line`, for errors."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import TracebackType
from typing import Callable, Optional


def raised_at(error: BaseException, package: str) -> str:
    """Return the location of the innermost frame of a package in the traceback of an exception; "" without one.

    Args:
        error: the exception; of a SyntaxError, the invalid line is located.
        package: top-level name of the package, or the module name of a one-file plugin.
    """
    found = ""
    if isinstance(error, SyntaxError) and error.filename and package in (*Path(error.filename).parts,
                                                                         Path(error.filename).stem):
        return f"{short_path(error.filename, package)}:{error.lineno}"
    trace: Optional[TracebackType] = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if str(frame.f_globals.get("__name__", "")).partition(".")[0] == package:
            found = f"{short_path(frame.f_code.co_filename, package)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def defined_at(target: Callable[..., object]) -> str:
    """Return the location of the definition of a class or function; "" if it has no source file."""
    plain = inspect.unwrap(target)
    package = str(getattr(plain, "__module__", "")).partition(".")[0]
    code = getattr(plain, "__code__", None)
    if code is not None:
        return f"{short_path(code.co_filename, package)}:{code.co_firstlineno}"
    try:
        return f"{short_path(inspect.getsourcefile(plain) or '', package)}:{inspect.getsourcelines(plain)[1]}"
    except (OSError, TypeError):
        return ""


def short_path(file: str, package: str) -> str:
    """Return a path from the folder of a package on, e.g. `acme_net/plugin.py`; else the name of the file."""
    parts = Path(file).parts
    if package not in parts:
        return Path(file).name
    start = len(parts) - 1 - parts[::-1].index(package)
    return "/".join(parts[start:])
