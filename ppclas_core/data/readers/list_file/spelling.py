# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Checks of the text of lists and tables: encoding, and file names that are spelled differently on disk."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Iterator, Tuple

from ppclas_core.data.readers.image_file import other_spelling
from ppclas_core.errors import UserError
from ppclas_core.system.text import one_line
from ppclas_core.system.text_files import as_utf8

_ENCODINGS = ("gb18030", "big5", "shift_jis", "euc_kr", "cp1252", "cp1251")
"""Encodings that are tried; one is accepted if a file with the decoded name exists."""


def list_bytes(path: Path) -> bytes:
    """Return the bytes of a list as UTF-8 without a BOM; bytes that are not UTF-8 are kept.

    Raises:
        UserError: the file is UTF-16 without a BOM, damaged, or not text.
    """
    return as_utf8(path.read_bytes(), str(path))


def lines_to_check(text: bytes) -> Iterator[Tuple[int, int, int]]:
    """Yield (line number from 1, start, end) of the first line with a backslash and of the first non-ASCII line."""
    positions = [text.find(b"\\")] if os.sep == "/" else []
    if not text.isascii():
        found = re.search(rb"[\x80-\xff]", text)
        positions.append(found.start() if found else -1)
    for position in positions:
        if position >= 0:
            end = text.find(b"\n", position)
            start = text.rfind(b"\n", 0, position) + 1
            yield text.count(b"\n", 0, position) + 1, start, len(text) if end < 0 else end


def check_spelling(name: bytes, root: str, where: str) -> None:
    """Refuse a list whose paths are written for another system; one path is checked for the whole list.

    Raises:
        UserError: the file exists only with slashes or in another Unicode form; or the path
            is an absolute Windows path.
    """
    text = name.decode("utf-8", "surrogateescape")
    path = os.path.join(root, text)
    if os.path.lexists(path) or not _is_utf8(name):
        return
    file = where.rpartition(":")[0]
    if os.sep == "/" and re.match(r"[A-Za-z]:\\", text):
        raise UserError(f"'{one_line(text)}' is a Windows path", where=where,
                        do="write paths relative to data_dir, with slashes")
    spelled = other_spelling(path)
    if "\\" in text and spelled:
        raise UserError(f"the path '{one_line(text)}' has backslashes{spelled}", where=where,
                        do=f"sed -i 's|\\\\|/|g' {file}")
    if spelled:
        form = "NFD" if "NFD" in spelled else "NFC"
        program = f"import sys, unicodedata; sys.stdout.write(unicodedata.normalize('{form}', sys.stdin.read()))"
        raise UserError(f"no such file: '{text}'{spelled}", where=where,
                        do=f'write the list again, or: python3 -c "{program}" < {file} > NEW')


def check_bytes(name: bytes, root: str, where: str, what: str) -> None:
    """Accept a name that is not UTF-8 if a file with this name exists or the images are in tar files.

    Args:
        name: name of an image as written.
        root: folder to which the name is relative.
        where: location of the name, for errors.
        what: "list" or "table".

    Raises:
        UserError: there is no such file; the error names the encoding if a common one gives an existing name.
    """
    folder = os.fsencode(root)
    if os.path.lexists(os.path.join(folder, name)) or next(Path(root).glob("*.tar"), None) is not None:
        return
    for encoding in _ENCODINGS:
        try:
            decoded = name.decode(encoding)
        except UnicodeDecodeError:
            continue
        if os.path.lexists(os.path.join(root, decoded)):
            raise UserError(f"the {what} is not UTF-8 but {encoding.upper()}", where=where,
                            do=f"iconv -f {encoding.upper()} -t UTF-8 {where.rpartition(':')[0]} > NEW")
    raise UserError(f"the {what} is not UTF-8", where=where, do="save it as UTF-8, e.g. iconv -f GBK -t UTF-8")


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
