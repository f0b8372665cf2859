# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Import of Paddle that keeps the program's SIGTERM handler.

`import paddle` installs a handler of its own for SIGTERM. It prints a stack trace with functions that are not safe in a
signal handler: a process that is allocating memory at that moment hangs for ever, and any other ends without cleanup.

Imports inside functions: ctypes takes milliseconds and is needed only when Paddle is imported.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Iterator, Optional, Sequence

if TYPE_CHECKING:
    from importlib.abc import Loader
else:  # every command starts with this module, and importlib.abc imports tempfile and its dependencies
    Loader = object

_ACTION_BYTES = 1024
"""More than the size of `struct sigaction` on any system; its content is only saved and restored."""


@contextlib.contextmanager
def sigterm_kept() -> Iterator[None]:
    """Restore the SIGTERM handler of the process after an import of Paddle in this context, in any thread."""
    if any(isinstance(finder, _PaddleFinder) for finder in sys.meta_path):  # a command that runs another one
        yield
        return
    finder = _PaddleFinder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):  # another program has emptied the list
            sys.meta_path.remove(finder)


class _PaddleFinder:
    """Finder that wraps the loader of Paddle."""

    def find_spec(self, fullname: str, path: Optional[Sequence[str]] = None,
                  target: Optional[ModuleType] = None) -> Optional[ModuleSpec]:
        """Return the spec of the package `paddle`; None for any other module."""
        if fullname != "paddle":
            return None
        others = (finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec"))
        spec = next(filter(None, (finder.find_spec(fullname, path, target) for finder in others)), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _KeepingLoader(spec.loader)
        return spec


class _KeepingLoader(Loader):
    """Loader that restores the SIGTERM handler after the execution of the module."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> Optional[ModuleType]:
        """Return what the wrapped loader creates."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Execute the module."""
        with _handler_restored(signal.SIGTERM):
            self._loader.exec_module(module)


@contextlib.contextmanager
def _handler_restored(signum: signal.Signals) -> Iterator[None]:
    """Restore the handler of a signal at the end, below Python: `signal.signal` works in the main thread only."""
    import ctypes

    sigaction = getattr(ctypes.CDLL(None), "sigaction", None) if sys.platform != "win32" else None
    if sigaction is None:  # on Windows Paddle installs no handler
        yield
        return
    before = ctypes.create_string_buffer(_ACTION_BYTES)
    saved = sigaction(int(signum), None, before) == 0
    try:
        yield
    finally:
        if saved:
            sigaction(int(signum), before, None)
