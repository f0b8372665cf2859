# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Expansion of `~` and `$VARS` in paths of configs and commands, and the check that a path is UTF-8."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NewType, Union

from ppclas_core.errors import UserError

PathText = NewType("PathText", str)
"""Type of config keys and of parameters of components that are paths: `expand_path` is applied to their values."""

_VARIABLE = re.compile(r"\$(\w+|\{[^}]*\})")


def expand_path(path: str) -> str:
    """Return a path with `~`, `~user`, `$VAR` and `${VAR}` expanded, as in a shell.

    URLs and existing paths, such as a file called `cost$5.jpg`, are returned unchanged.

    Raises:
        UserError: a variable is not set, or a home folder is unknown.
    """
    if not ("$" in path or path.startswith("~")) or "://" in path:
        return path
    if "$" in path and os.path.lexists(path):
        return path
    expanded = os.path.expanduser(os.path.expandvars(path))
    unset = _VARIABLE.search(expanded)
    if unset is not None and unset.group() in path:
        raise UserError(f"the path {path} names {unset.group()}, which is not set",
                        do=f"export {unset.group(1).strip('{}')}=...   or write the path without the variable")
    if expanded.startswith("~") and not os.path.lexists(expanded):
        raise UserError(f"the path {path} begins with a home folder that is not known here",
                        do="set HOME, write the whole path, or ./~ for a file of this name")
    return expanded


def require_utf8(path: Union[str, Path], what: str) -> None:
    """Refuse a path that is not UTF-8, for files that Paddle and other runtimes open: they support UTF-8 only.

    Args:
        path: the path; its absolute form is checked.
        what: noun for the error, such as "bundle".

    Raises:
        UserError: the whole path has bytes that are not UTF-8.
    """
    try:
        os.path.abspath(path).encode("utf-8")
    except UnicodeEncodeError:
        raise UserError(f"the path of the {what} is not UTF-8, which the runtimes cannot open", where=str(path),
                        do="rename the folder, or choose another") from None
