# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Whose code failed: an exception out of a plugin's component becomes a `PluginError` that names both."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import Callable, ClassVar, NamedTuple, Optional, TextIO, Type, Union

from ppclas_core.errors import PluginError, UserError
from ppclas_core.system.machine_errors import NEEDS_PATH, machine_error

CORE = "ppclas-core"
"""The distribution whose exceptions are not contained: they are defects of the program itself."""

_LONGEST = 500


class Owner(NamedTuple):
    """A component and the distribution that it comes from.

    Args:
        dist: distribution, or the file name of a one-file plugin; "" when only the component is known.
        version: its version; "" for a one-file plugin.
        component: what was imported, built or called, e.g. `op 'Cutout'`.
    """

    dist: str
    version: str
    component: str

    @property
    def is_core(self) -> bool:
        """True for core's own components."""
        return self.dist == CORE

    @property
    def label(self) -> str:
        """`acme-net 0.1`."""
        return f"{self.dist} {self.version}".strip()

    def error(self, cause: BaseException, doing: str = "failed") -> PluginError:
        """Return the error that names the plugin, its component and the cause."""
        do = "--debug shows where" + (f"; PPCLAS_DISABLE_PLUGINS={self.dist} leaves the plugin out"
                                      if self.version else "")
        head = f"plugin {self.label}: " if self.dist else ""
        return PluginError(f"{head}{self.component} {doing}: {describe(cause)}", do=do)


class owned_by:
    """A context whose exceptions are those of a plugin's component.

    Errors for the user, faults of the machine (a full disk, no memory) and Ctrl-C pass unchanged, as does whatever a
    component of core raises. Nothing else passes, `SystemExit` and other `BaseException`s included.

    Args:
        owner: the component; None for one that no plugin provides. A function is called when there is an exception.
        doing: what it failed at, as the message says it.

    Raises:
        PluginError: the component failed; its own exception is the cause.
    """

    def __init__(self, owner: Union[Owner, Callable[[], Optional[Owner]], None], doing: str = "failed") -> None:
        self._owner = owner
        self._doing = doing

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 traceback: Optional[TracebackType]) -> None:
        if error is None:
            return
        owner = self._owner() if callable(self._owner) else self._owner
        if owner is not None and not passes(error, owner):
            raise owner.error(error, self._doing) from error


def passes(error: BaseException, owner: Owner) -> bool:
    """Return whether an exception is not the component's fault but the user's, the machine's or core's."""
    if owner.is_core or isinstance(error, (UserError, KeyboardInterrupt, BrokenPipeError)):
        return True
    if isinstance(error, OSError) and error.errno in NEEDS_PATH:  # a file that the plugin itself misses
        return False
    return machine_error(error) is not None


def describe(error: BaseException) -> str:
    """Return the type and message of an exception in one line, whatever its `__str__` does."""
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = "(its message cannot be read)"
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


class quiet:
    """A context for imports: what a plugin prints goes to standard error, so that `--json` output stays JSON.

    Threads may import at once; the first sends standard output away and the last brings it back.
    """

    _lock = threading.Lock()
    _depth = 0
    _stdout: ClassVar[Optional[TextIO]] = None

    def __enter__(self) -> None:
        with quiet._lock:
            if quiet._depth == 0:
                quiet._stdout, sys.stdout = sys.stdout, sys.stderr
            quiet._depth += 1

    def __exit__(self, *error: object) -> None:
        with quiet._lock:
            quiet._depth -= 1
            if quiet._depth == 0 and quiet._stdout is not None:
                sys.stdout, quiet._stdout = quiet._stdout, None
