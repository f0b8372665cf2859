# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Atomic writing of a bundle folder: other processes never see a half-written bundle.

`export.write` fills and verifies the temporary folder; `stale_folders` removes those of killed processes.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path
from typing import Iterator

from ppclas_core.bundles.bundle import is_bundle
from ppclas_core.bundles.stale_folders import partial_folder, remove_stale_folders
from ppclas_core.errors import UserError
from ppclas_core.system.paths import require_utf8


@contextlib.contextmanager
def new_bundle_folder(out: Path, *, required_bytes: int = 0) -> Iterator[Path]:
    """Yield a temporary folder beside `out`; on success it is renamed to `out`, on an error it is deleted.

    An existing bundle stays at `out` until the rename. The next export into the same parent folder removes temporary
    folders of killed processes.

    Args:
        out: final path of the bundle.
        required_bytes: free disk space that the export needs.

    Raises:
        UserError: `out` is not a bundle or cannot be written, or the disk is full.
    """
    target = Path(os.path.realpath(out))
    require_utf8(target, "bundle")
    _refuse_other_content(target, out)
    partial = partial_folder(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_stale_folders(target)
        partial.mkdir()
        free = shutil.disk_usage(partial).free
        if free < required_bytes:
            raise UserError(f"the export needs about {required_bytes >> 20} MB, the disk has {free >> 20} MB free",
                            where=str(out), do="free disk space, or give a folder on another disk")
        yield partial
        _replace(partial, target)
    except OSError as error:
        if error.filename and not str(error.filename).startswith(str(target.parent)):
            raise  # the error concerns a file outside of this folder
        raise _user_error(error, out) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _refuse_other_content(target: Path, out: Path) -> None:
    """Raise a UserError if anything but a bundle or an empty folder would be replaced."""
    if not target.exists():
        return
    if not target.is_dir():
        raise UserError("there is a file of this name", where=str(out), do="give another folder")
    if os.path.ismount(target):
        raise UserError("this folder is a mount point, which cannot be replaced in one step", where=str(out),
                        do=f"give a folder inside it: {out / 'bundle'}")
    if not is_bundle(target) and any(target.iterdir()):
        raise UserError("the folder exists and is not a bundle; it was not changed", where=str(out),
                        do="give another folder, or remove this one")


def _replace(partial: Path, target: Path) -> None:
    if not target.exists():
        os.replace(partial, target)
        return
    old = partial.with_suffix(".old")
    os.replace(target, old)
    try:
        os.replace(partial, target)
    except OSError:
        os.replace(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _user_error(error: OSError, out: Path) -> UserError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UserError("the disk is full", where=str(out), do="free disk space, or give a folder on another disk")
    return UserError(f"cannot be written: {error.strerror or error}", where=str(out), do="give another folder")
