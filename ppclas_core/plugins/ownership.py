# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Attribution of exceptions: one raised by a plugin's component becomes a `PluginError` that names both."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import Callable, ClassVar, NamedTuple, Optional, TextIO, Type, Union

from ppclas_core.errors import PluginError, UserError
from ppclas_core.system.machine_errors import NEEDS_PATH, machine_error

CORE = "ppclas-core"
"""Distribution whose exceptions are not converted: they are defects of the program itself."""

REGISTERED = "registered in this process"
"""Distribution of the components that `ppclas_core.register` adds; they exist in one process only."""

_LONGEST = 500


class Owner(NamedTuple):
    """A component and its distribution.

    Args:
        dist: distribution, or the file name of a one-file plugin, or `REGISTERED`; "" if only the component is known.
        version: version of the distribution; "" for a one-file plugin.
        component: kind and name, e.g. `op 'Cutout'`.
    """

    dist: str
    version: str
    component: str

    @property
    def is_core(self) -> bool:
        """Whether the component belongs to core."""
        return self.dist == CORE

    @property
    def is_registered(self) -> bool:
        """Whether the component was added by `ppclas_core.register`."""
        return self.dist == REGISTERED

    @property
    def label(self) -> str:
        """Distribution and version, e.g. `acme-net 0.1`."""
        return f"{self.dist} {self.version}".strip()

    def error(self, cause: BaseException, doing: str = "failed") -> PluginError:
        """Return the error that names the plugin, its component, the failed action (`doing`) and the cause."""
        do = "--debug shows the traceback" + (f"; PPCLAS_DISABLE_PLUGINS={self.dist} disables the plugin"
                                              if self.version else "")
        head = f"plugin {self.label}: " if self.dist and not self.is_registered else ""
        component = f"{self.component} ({REGISTERED})" if self.is_registered else self.component
        return PluginError(f"{head}{component} {doing}: {describe(cause)}", do=do)

    def absent_in(self, processes: str) -> UserError:
        """Return the error for a registered component that other processes would need, which do not have it."""
        return UserError(f"{self.component} is {REGISTERED} only; {processes} cannot use it",
                         do="move it to a file with a hook, for example my_plugin.py, and load that with --plugin "
                         "my_plugin.py or plugin_files=['my_plugin.py']; see docs/how-to/notebooks.md")


class OwnedBy:
    """Context manager `owned_by(owner)` that attributes exceptions to a plugin's component.

    UserErrors, machine errors (a full disk, no memory), Ctrl-C and all exceptions of core components pass unchanged.
    All others, also `SystemExit`, are converted.

    Args:
        owner: the component; None if no plugin provides it; or a function returning it, called on an exception only.
        doing: the part of the message between component and cause.

    Raises:
        PluginError: the component failed; its exception is the cause.
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


owned_by = OwnedBy


def passes(error: BaseException, owner: Owner) -> bool:
    """Return whether an exception is caused by the user, the machine or core, and not by the component."""
    if owner.is_core or isinstance(error, (UserError, KeyboardInterrupt, BrokenPipeError)):
        return True
    if isinstance(error, OSError) and error.errno in NEEDS_PATH:  # the plugin's own file is missing
        return False
    return machine_error(error) is not None


def describe(error: BaseException) -> str:
    """Return type and message of an exception in one line; a failing `__str__` is tolerated.

    The type of a UserError is omitted, as its message is written for users.
    """
    try:
        text = " ".join(str(error).split())
    except Exception:  # the `__str__` of a plugin's exception may raise anything
        text = "(its message cannot be read)"
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
    if isinstance(error, UserError) and text:
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


class Quiet:
    """Context manager `quiet()` that redirects standard output to standard error, so that imports keep `--json` valid.

    Threads may import at once: the first one redirects standard output, the last one restores it.
    """

    _lock = threading.Lock()
    _depth = 0
    _stdout: ClassVar[Optional[TextIO]] = None

    def __enter__(self) -> None:
        with Quiet._lock:
            if Quiet._depth == 0:
                Quiet._stdout = sys.stdout
                sys.stdout = sys.stderr
            Quiet._depth += 1

    def __exit__(self, *error: object) -> None:
        with Quiet._lock:
            Quiet._depth -= 1
            if Quiet._depth == 0 and Quiet._stdout is not None:
                sys.stdout = Quiet._stdout
                Quiet._stdout = None


quiet = Quiet
