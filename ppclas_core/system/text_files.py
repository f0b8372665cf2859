# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Text files that carry file names of any bytes: one writer, and one reader that knows the usual encodings."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Optional

from ppclas_core.errors import UserError
from ppclas_core.system.atomic import write_atomic
from ppclas_core.system.text import printable

_MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
          (codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF8, "utf-8-sig"))


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8 with plain line breaks; bytes of file names that are not UTF-8 are written as they were.

    The file appears whole or not at all.
    """
    _write(path, text.encode("utf-8", "surrogateescape"))


def write_page(path: Path, text: str) -> None:
    """Write a page for people as valid UTF-8: what a terminal or browser cannot show becomes a visible escape."""
    _write(path, printable(text).encode("utf-8"))


def _write(path: Path, data: bytes) -> None:
    if path.exists() and not path.is_file():  # /dev/stdout, a pipe
        path.write_bytes(data)
        return
    write_atomic(path, data)


def encoding_of(head: bytes) -> str:
    """Return the encoding that the first bytes of a text file state: `utf-16`, `utf-32`, `utf-8-sig` or `utf-8`."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")


def as_utf8(data: bytes, where: str) -> bytes:
    """Return the bytes of a text file as UTF-8 without a mark at the start; UTF-16 and UTF-32 with one are converted.

    Bytes that are not UTF-8 stay as they are.

    Raises:
        UserError: a UTF-16 file that is cut off, or one without a mark at its start.
    """
    encoding = encoding_of(data[:4])
    if encoding == "utf-8-sig":
        return data[len(codecs.BOM_UTF8):]
    if encoding != "utf-8":
        try:
            return data.decode(encoding).encode("utf-8")
        except UnicodeError as error:
            raise UserError(f"the file begins as {encoding.upper()} but is damaged or cut off: {error}", where=where,
                            do="save it again, as UTF-8") from error
    if b"\0" in data[:4096]:
        guess = _utf16_without_mark(data[:4096])
        raise UserError("the file holds NUL bytes" + (f": it looks like {guess}" if guess else ", so it is no text"),
                        where=where, do=f"iconv -f {guess} -t UTF-8 {where} > NEW" if guess else "save it as UTF-8")
    return data


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 or UTF-32 with a mark; other bytes come as surrogates.

    Raises:
        UserError: see `as_utf8`.
        OSError: the file cannot be read.
    """
    return as_utf8(path.read_bytes(), str(path)).decode("utf-8", "surrogateescape")


def _utf16_without_mark(head: bytes) -> Optional[str]:
    """Return the byte order of UTF-16 text that is mostly ASCII, by where its NUL bytes are; None for other data."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 4 * even and odd * 4 > len(head):
        return "UTF-16LE"
    if even > 4 * odd and even * 4 > len(head):
        return "UTF-16BE"
    return None
