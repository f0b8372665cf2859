# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The cache folder: `$PPCLAS_HOME`, else that of the platform, else a folder of this user below the temporary one.

The folder of the platform is `~/.cache/ppclas` on Linux (below `$XDG_CACHE_HOME` where that is set),
`~/Library/Caches/ppclas` on macOS and `%LOCALAPPDATA%\\ppclas\\Cache` on Windows.

All of it can be removed at any time. What is cached in a folder that cannot be written is used; what is new then goes
to the temporary folder, so that a read-only root, a missing account or a full disk does not stop a command.
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
    """Return the folder that the cache should be in; nothing is created."""
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
    """Return the folder of one kind (weights, bundles, environments) below `cache_root`; nothing is created."""
    return cache_root() / kind


def cached(kind: str, name: str) -> Optional[Path]:
    """Return the file or folder `name` of a kind where it exists: in the cache, else in the temporary one."""
    return next((root / kind / name for root in _roots() if _exists(root / kind / name)), None)


def writable_caches(kind: str) -> Iterator[Path]:
    """Create and yield the folders of one kind that can be written, the best first.

    A second one follows the first because a disk may be full although a file can be made on it.

    Raises:
        UserError: none can be written; with the reason of the first.
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
            _note(str(cache_root()), str(machine_error(first) or first), str(root))
        found = True
        yield root / kind
    if not found and first is not None:
        raise (machine_error(first) or UserError(str(first))).at(str(cache_root())) from first


def writable_cache(kind: str) -> Path:
    """Create and return the best folder of one kind that can be written; raise as `writable_caches`."""
    return next(writable_caches(kind))


def can_be_written(root: Path) -> bool:
    """Return whether a file can be made in a cache folder, which is created where it does not exist."""
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
    """Return the temporary root, in a list that is empty where no temporary folder can be written."""
    try:
        return [_temporary_root()]
    except FileNotFoundError:
        return []


def _temporary_root() -> Path:
    """Return the folder of this user below the temporary one; `FileNotFoundError` where there is none."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    return Path(tempfile.gettempdir()) / f"ppclas-{user}"


def _prepare(root: Path, kind: str) -> None:
    """Create the folder; raise `OSError` when no file can be made in it, or when it belongs to somebody else."""
    if root in _temporary_roots():  # the folder above is open to everybody
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
    except OSError:  # a folder above may not be searched
        return False


@functools.lru_cache(maxsize=8)
def _note(root: str, why: str, instead: str) -> None:
    """Log the replacement once for each pair of folders."""
    _log.warning("cache: %s\n  using %s; set PPCLAS_HOME to a folder that can be written", why if root in why
                 else f"{root}: {why}", instead)
