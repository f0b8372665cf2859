# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Safe unpacking of weights archives: plain files and folders below one new folder only."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path, PurePosixPath
from typing import Literal, Optional

from ppclas_core.errors import UserError
from ppclas_core.system.machine_errors import machine_error

_MAX_BYTES = 16 << 30


def unpack_tar(archive: Path, folder: Path) -> None:
    """Unpack into the existing empty `folder`; a single top folder of the archive is removed from the paths.

    Hidden files are skipped. Owners, permissions and times of the archive are not applied.

    Raises:
        UserError: the archive is damaged, too large, or has a member that is a link, a device, or outside the folder;
            the caller must discard `folder` then.
    """
    total = 0
    try:
        with tarfile.open(archive, _mode(archive)) as tar:
            for member in tar:
                path = _inside(member, archive)
                if path is None:
                    continue
                total += member.size
                if total > _MAX_BYTES:
                    raise UserError(f"it unpacks to more than {_MAX_BYTES >> 30} GiB", where=str(archive))
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                source = tar.extractfile(member)
                if source is None:
                    raise UserError(f"member '{member.name}' has no content", where=str(archive))
                with source, open(target, "xb") as file:
                    shutil.copyfileobj(source, file, 1 << 20)
                if target.stat().st_size != member.size:
                    raise UserError(f"the archive ends inside '{member.name}'", where=str(archive))
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, OSError) and not isinstance(error, FileExistsError) and machine_error(error) is not None:
            raise  # an error of the machine, such as a full disk, is not a damaged archive
        raise UserError(f"the archive is damaged ({error})", where=str(archive)) from error
    _drop_single_top(folder)


def _mode(archive: Path) -> Literal["r:", "r:gz"]:
    """Return the tar mode; refuse a plain archive without zero blocks at its end, which may lack its last members."""
    with open(archive, "rb") as file:
        if file.read(2) == b"\x1f\x8b":
            return "r:gz"
        size = file.seek(0, 2)
        file.seek(max(0, size - 1024))
        if size < 1024 or any(file.read()):
            raise tarfile.ReadError("it has no end marker; it may be truncated")
    return "r:"


def _inside(member: tarfile.TarInfo, archive: Path) -> Optional[PurePosixPath]:
    """Return the relative path of a member; None for folders and hidden files."""
    path = PurePosixPath(member.name)
    unsafe = path.is_absolute() or ".." in path.parts or "\\" in member.name or ":" in member.name
    if unsafe or not (member.isfile() or member.isdir()):
        reason = "leads out of its folder" if unsafe else "is a link or a device"
        raise UserError(f"the archive has a member '{member.name}' that {reason}; it was not unpacked",
                        where=str(archive), do="do not use this file")
    hidden = any(part.startswith(".") for part in path.parts)
    return None if member.isdir() or hidden else path


def _drop_single_top(folder: Path) -> None:
    entries = list(folder.iterdir())
    if len(entries) != 1 or not entries[0].is_dir():
        return
    top = entries[0].rename(folder / ".top")  # a file inside may have the same name
    for entry in list(top.iterdir()):
        entry.rename(folder / entry.name)
    top.rmdir()
