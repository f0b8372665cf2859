# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
r"""The cache folder: `$PPCLAS_HOME`, else the cache folder of the platform, else a folder below the temporary folder.

The cache folder of the platform is `~/.cache/ppclas` on Linux (or below `$XDG_CACHE_HOME`), `~/Library/Caches/ppclas`
on macOS and `%LOCALAPPDATA%\ppclas\Cache` on Windows.

The cache can be removed at any time. Files in a cache folder that is not writable are still read; new files go to a
folder of this user below the temporary folder. So a read-only home, a missing account or a full disk stops no command.
"""

from __future__ import annotations

import functools
import logging
import os
import tempfile
from pathlib import Path
from typing import Iterator, List, Optional

from ppclas_core.errors import UserError
from ppclas_core.system.machine_errors import machine_error

_log = logging.getLogger(__name__)


def home_folder() -> Optional[Path]:
    """Return the home folder of this user; None for a user id without an account and without `$HOME`."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def cache_root() -> Path:
    """Return the preferred cache folder; nothing is created."""
    named = os.environ.get("PPCLAS_HOME")
    home = home_folder()
    if named:
        return Path(named).expanduser() if home is not None or not named.startswith("~") else _temporary_root()
    if home is None and not os.environ.get("XDG_CACHE_HOME"):  # platformdirs would raise
        return _temporary_root()
    from platformdirs import user_cache_dir

    root = Path(user_cache_dir("ppclas", appauthor=False))
    return root if root.is_absolute() else _temporary_root()


def cache_folder(kind: str) -> Path:
    """Return the folder for one kind of files (weights, bundles, environments) in the cache; nothing is created."""
    return cache_root() / kind


def cached(kind: str, name: str) -> Optional[Path]:
    """Return an existing file or folder of a kind: in the cache folder, else in the temporary one; None without it."""
    return next((root / kind / name for root in _roots() if _exists(root / kind / name)), None)


def writable_caches(kind: str) -> Iterator[Path]:
    """Create and yield the writable folders for one kind of files, the preferred one first.

    A caller takes the next folder if the disk of the first is full, which creating an empty file does not show.

    Raises:
        UserError: no folder is writable; the error has the reason for the first one.
    """
    first: Optional[OSError] = None
    found = False
    for number, root in enumerate(_roots()):
        try:
            _prepare(root, kind)
        except OSError as error:
            first = first or error
            continue
        if number and first is not None:
            _log_fallback(str(cache_root()), str(machine_error(first) or first), str(root))
        found = True
        yield root / kind
    if not found and first is not None:
        raise (machine_error(first) or UserError(str(first))).at(str(cache_root())) from first


def writable_cache(kind: str) -> Path:
    """Create and return the preferred writable folder for one kind of files.

    Raises:
        UserError: no folder is writable.
    """
    return next(writable_caches(kind))


def is_writable_cache(root: Path) -> bool:
    """Return whether a file can be created in a cache folder; the folder is created if needed."""
    try:
        _prepare(root, "")
    except OSError:
        return False
    return True


def _roots() -> Iterator[Path]:
    root = cache_root()
    yield root
    yield from (temporary for temporary in _temporary_roots() if temporary != root)


def _temporary_roots() -> List[Path]:
    """Return a list of the folder below the temporary folder; empty if no temporary folder is writable."""
    try:
        return [_temporary_root()]
    except FileNotFoundError:
        return []


def _temporary_root() -> Path:
    """Return the folder of this user below the temporary folder; raise FileNotFoundError if there is none."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    return Path(tempfile.gettempdir()) / f"ppclas-{user}"


def _prepare(root: Path, kind: str) -> None:
    """Create the folder; raise OSError if no file can be created in it, or if it belongs to another user."""
    if root in _temporary_roots():  # its parent is writable for all users
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "getuid") and os.lstat(root).st_uid != os.getuid():
            raise PermissionError(13, "belongs to another user", str(root))
    folder = root / kind
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # no permission for a parent folder
        return False


@functools.lru_cache(maxsize=8)
def _log_fallback(root: str, reason: str, instead: str) -> None:
    """Log once for each pair of folders that another one is used."""
    _log.warning("cache: %s\n  using %s; set PPCLAS_HOME to a writable folder",
                 reason if root in reason else f"{root}: {reason}", instead)
