# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Errors of the machine (full disk, read-only folder, too little memory) as user errors with their fix."""

from __future__ import annotations

import errno
import os
from typing import Optional

from ppclas_core.errors import UserError

_FIXES = {
    errno.ENOSPC: ("no space is left on the disk", "free disk space, or write to another disk"),
    errno.EDQUOT: ("the disk quota is used up", "free disk space, or write to another disk"),
    errno.EFBIG: ("the file would be larger than the system allows", "raise the limit: ulimit -f unlimited"),
    errno.EROFS: ("the file system is read-only", "choose a writable folder"),
    errno.EACCES: ("permission denied", "change the permissions, or choose another folder"),
    errno.EPERM: ("the operation is not permitted", "change the permissions, or choose another folder"),
    errno.EMFILE: ("too many files are open in this process", "raise the limit: ulimit -n 4096"),
    errno.ENFILE: ("too many files are open on this machine", "end other programs, or raise fs.file-max"),
    errno.ENOMEM: ("there is not enough memory", "end other programs, or use a smaller batch or fewer workers"),
    errno.EAGAIN: ("the system allows no further process or thread", "end other programs, or raise 'ulimit -u'"),
    errno.EIO: ("the disk reports an input/output error", "check the disk; copy the data elsewhere"),
    errno.ENAMETOOLONG: ("the file name is too long", "use shorter names"),
    errno.ELOOP: ("the links of this path form a loop", "remove the link"),
    errno.ENOTDIR: ("a part of this path is a file, not a folder", "correct the path"),
    errno.EISDIR: ("this is a folder, not a file", "give a file"),
    errno.ENOENT: ("no such file or folder", "check the path; was it removed while the program ran?"),
    errno.EEXIST: ("the file exists already", "remove it, or give another name"),
    errno.ENOTEMPTY: ("the folder is not empty", "remove it, or give another name"),
    errno.EBUSY: ("the file or folder is in use", "end the program that uses it"),
    errno.ETXTBSY: ("the program is in use", "end it, and try again"),
    errno.ESTALE: ("the network file system lost the file", "mount it again"),
    errno.ENODEV: ("there is no such device", "check the path"),
    errno.ENXIO: ("there is no such device", "check the path"),
    errno.EINVAL: ("the system refuses this path or operation", "check the path"),
    errno.ENOTCONN: ("the network file system is not connected", "mount it again"),
    errno.ETIMEDOUT: ("the disk or the network did not respond in time", "check the connection, and try again"),
}

NEEDS_PATH = frozenset((errno.ENOENT, errno.EEXIST, errno.EINVAL, errno.EAGAIN))
"""Numbers that a defect may cause as well; they are errors of the machine only if the error names a file."""


def machine_error(error: BaseException) -> Optional[UserError]:
    """Return the error for the user if `error` is an error of the machine, else None.

    An OSError is classified by its number, and its file is the location. A MemoryError, a missing home folder and a
    missing temporary folder are errors of the machine as well.
    """
    if isinstance(error, MemoryError):
        return UserError(f"there is not enough memory{f': {error}' if str(error) else ''}",
                         do="end other programs, or use a smaller batch, smaller images or fewer workers")
    if isinstance(error, RuntimeError) and "home directory" in str(error):  # raised by pathlib without an account
        return UserError("this user has no home folder", do="set HOME, and PPCLAS_HOME for the cache")
    if isinstance(error, FileNotFoundError) and "No usable temporary directory" in str(error):
        return UserError("no temporary folder is writable", do="free space in /tmp, or set TMPDIR to another folder")
    if not isinstance(error, OSError) or isinstance(error, ConnectionError):
        return None
    named = error.filename if isinstance(error.filename, (str, bytes)) else None
    if error.errno not in _FIXES or (error.errno in NEEDS_PATH and named is None):
        return None
    what, fix = _FIXES[error.errno]
    return UserError(what, where=os.fsdecode(named) if named is not None else None, do=fix)


def is_full_disk(error: OSError) -> bool:
    """Return whether a write failed because of a full disk, a quota or a limit of the file size."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
