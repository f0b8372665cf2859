# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Reading of an image file that never blocks on pipes, sockets or devices."""

from __future__ import annotations

import os
import stat
import unicodedata

from ppclas_core.data.errors import BadImage


def read_image_file(path: str) -> bytes:
    """Return the bytes of a file.

    Raises:
        BadImage: the file is missing, unreadable, or not a regular file.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise BadImage("not a regular file, but a pipe, a socket or a device", path)
            return stream.read()
    except FileNotFoundError as error:
        raise BadImage(f"no such file{other_spelling(path)}", path) from error
    except (OSError, ValueError) as error:
        raise BadImage(f"cannot be read: {getattr(error, 'strerror', None) or error}", path) from error


def other_spelling(path: str) -> str:
    """Return a clause naming another spelling under which a missing file exists; "" if there is none.

    Spellings tried: Unicode forms NFC and NFD, and slashes in place of backslashes.
    """
    if "\\" in path and os.path.exists(path.replace("\\", "/")):
        return "; it is there with slashes in place of the backslashes"
    forms = (("NFC, composed", unicodedata.normalize("NFC", path)),
             ("NFD, decomposed, as macOS writes them", unicodedata.normalize("NFD", path)))
    for form, spelled in forms:
        if spelled != path and os.path.exists(spelled):
            return f"; it is there with the accents in another Unicode form ({form})"
    return ""


def _without_waiting(path: str, flags: int) -> int:
    """Open a file without waiting for the other end of a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
