# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Atomic writing of a bundle folder."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path
from typing import Iterator

from ppclas_core.bundles.bundle import is_bundle
from ppclas_core.bundles.stale_folders import hidden_folder, remove_leftovers
from ppclas_core.errors import UserError
from ppclas_core.system.paths import require_utf8


@contextlib.contextmanager
def finished_folder(out: Path, *, needs: int = 0) -> Iterator[Path]:
    """Yield a temporary folder beside `out` that is renamed to it on success and removed on an error.

    An existing bundle at `out` is kept until then. Temporary folders of killed processes are removed by the next
    export into the same parent folder.

    Args:
        out: final path of the bundle.
        needs: bytes that must be free on the disk.

    Raises:
        UserError: `out` is not a bundle or cannot be written, or the disk is full.
    """
    place = Path(os.path.realpath(out))
    require_utf8(place, "bundle")
    _check(place, out)
    partial = hidden_folder(place)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(place)
        partial.mkdir()
        free = shutil.disk_usage(partial).free
        if free < needs:
            raise UserError(f"the export needs about {needs >> 20} MB, the disk has {free >> 20} MB free",
                            where=str(out), do="make room, or give a folder on another disk")
        yield partial
        _swap(partial, place)
    except OSError as error:
        if error.filename and not str(error.filename).startswith(str(place.parent)):
            raise  # the error concerns a file outside of this folder
        raise _clear(error, out) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _check(place: Path, out: Path) -> None:
    if not place.exists():
        return
    if not place.is_dir():
        raise UserError("there is a file of this name", where=str(out), do="give another folder")
    if os.path.ismount(place):
        raise UserError("this folder is a mount point, which cannot be replaced in one step", where=str(out),
                        do=f"give a folder inside it: {out / 'bundle'}")
    if not is_bundle(place) and any(place.iterdir()):
        raise UserError("the folder exists and is not a bundle; it is left as it is", where=str(out),
                        do="give another folder, or remove this one")


def _swap(partial: Path, place: Path) -> None:
    if not place.exists():
        os.replace(partial, place)
        return
    old = partial.with_suffix(".old")
    os.replace(place, old)
    try:
        os.replace(partial, place)
    except OSError:
        os.replace(old, place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _clear(error: OSError, out: Path) -> UserError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UserError("the disk is full", where=str(out), do="make room, or give a folder on another disk")
    return UserError(f"cannot be written: {error.strerror or error}", where=str(out), do="give another folder")
