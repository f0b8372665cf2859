# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Validation of class names, which are stored in checkpoints, bundles and JSON and printed on terminals."""

from __future__ import annotations

import sys
import unicodedata
from typing import Dict, Iterable

from ppclas_core.errors import UserError
from ppclas_core.system.text import one_line


def check_class_names(names: Iterable[str], *, where: str, what: str, do: str) -> None:
    """Refuse class names that label lists or JSON cannot store, and names that look alike.

    Args:
        names: the class names.
        where: file or folder of the names.
        what: what the names belong to, such as "class folder".
        do: the fix to suggest.

    Raises:
        UserError: a name is not UTF-8 or has control characters, or two differ only in their Unicode form.
    """
    met: Dict[str, str] = {}
    for name in names:
        if name.isascii() and name.isprintable():
            continue
        if not is_utf8(name):
            if sys.getfilesystemencoding() != "utf-8":
                raise UserError(f"Python reads file names as {sys.getfilesystemencoding()} here, so the name of the "
                                f"{what} '{one_line(name)}' is lost", where=where,
                                do="export LC_ALL=C.UTF-8   and leave PYTHONUTF8 unset")
            raise UserError(f"the name of the {what} '{one_line(name)}' is not UTF-8", where=where,
                            do=f"{do}; all names at once: convmv -r -f GBK -t UTF-8 --notest FOLDER (or the encoding "
                               "that they have)")
        if any(unicodedata.category(character) == "Cc" for character in name):
            raise UserError(f"the name of the {what} '{one_line(name)}' has control characters", where=where, do=do)
        twin = met.setdefault(unicodedata.normalize("NFC", name), name)
        if twin != name:
            raise UserError(f"two names of a {what} look alike, '{name}': {twin!a} and {name!a} differ only in "
                            "how the accents are written (Unicode forms NFC and NFD)", where=where,
                            do=f"{do}, or put both together")


def is_utf8(name: str) -> bool:
    """Return whether a name is valid UTF-8, i.e. has no surrogate escapes."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
