# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Text files with file names of any bytes: a writer, and a reader that detects UTF-8, UTF-16 and UTF-32."""

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
    """Write a text atomically as UTF-8; bytes of file names that are not UTF-8 are written unchanged."""
    _write(path, text.encode("utf-8", "surrogateescape"))


def write_page(path: Path, text: str) -> None:
    """Write a page as valid UTF-8; characters that a terminal or browser cannot show become visible escapes."""
    _write(path, printable(text).encode("utf-8"))


def _write(path: Path, data: bytes) -> None:
    if path.exists() and not path.is_file():  # /dev/stdout, a pipe
        path.write_bytes(data)
        return
    write_atomic(path, data)


def encoding_of(head: bytes) -> str:
    """Return the encoding by the byte order mark: `utf-16`, `utf-32` or `utf-8-sig`; `utf-8` without one."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")


def as_utf8(data: bytes, where: str) -> bytes:
    """Return the bytes of a text file as UTF-8 without a byte order mark; UTF-16 and UTF-32 with one are converted.

    Other bytes that are not UTF-8 are kept.

    Raises:
        UserError: the file is damaged UTF-16 or UTF-32, UTF-16 without a byte order mark, or not text.
    """
    encoding = encoding_of(data[:4])
    if encoding == "utf-8-sig":
        return data[len(codecs.BOM_UTF8):]
    if encoding != "utf-8":
        try:
            return data.decode(encoding).encode("utf-8")
        except UnicodeError as error:
            raise UserError(f"the file begins as {encoding.upper()} but is damaged or truncated: {error}", where=where,
                            do="save it again, as UTF-8") from error
    if b"\0" in data[:4096]:
        guess = _utf16_without_mark(data[:4096])
        raise UserError("the file has NUL bytes" + (f": it looks like {guess}" if guess else ", so it is not text"),
                        where=where, do=f"iconv -f {guess} -t UTF-8 {where} > NEW" if guess else "save it as UTF-8")
    return data


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 or UTF-32 with a byte order mark; see `as_utf8`.

    Bytes that are not UTF-8 become surrogate escapes.

    Raises:
        UserError: see `as_utf8`.
        OSError: the file cannot be read.
    """
    return as_utf8(path.read_bytes(), str(path)).decode("utf-8", "surrogateescape")


def _utf16_without_mark(head: bytes) -> Optional[str]:
    """Return the encoding of UTF-16 text that is mostly ASCII, by the positions of NUL bytes; None for other data."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 4 * even and odd * 4 > len(head):
        return "UTF-16LE"
    if even > 4 * odd and even * 4 > len(head):
        return "UTF-16BE"
    return None
