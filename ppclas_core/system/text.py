# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Escapes for text from outside (file names, class names, YAML keys), so that it is safe to print."""

from __future__ import annotations

import re
import unicodedata

_ESCAPED = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
"""Unicode categories that a terminal may obey or cannot show: controls, formats, surrogates, private use, breaks."""

_ALLOWED = frozenset("\n\t\u200c\u200d")
"""Characters of these categories that are kept: line breaks, tabs, and the joiners of scripts and emoji."""


_ASCII_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def printable(text: object) -> str:
    r"""Return `str(text)` with visible escapes for characters that a terminal would obey or cannot encode.

    An escape sequence becomes `\x1b[31m`, a byte of a file name that is not UTF-8 becomes `\xff`. Line breaks and tabs
    are kept, so a whole message can be passed; use `one_line` for a single name.
    """
    text = str(text)
    if text.isascii() and not _ASCII_CONTROL.search(text):
        return text
    return "".join(character if is_safe(character) else _escape(character) for character in text)


def one_line(text: object) -> str:
    """Return `printable(text)` with line breaks and tabs escaped too, so a name cannot fake a second line."""
    return printable(text).replace("\n", "\\n").replace("\t", "\\t")


def is_safe(character: str) -> bool:
    """Return whether a terminal only shows a character or breaks the line at it."""
    return character in _ALLOWED or unicodedata.category(character) not in _ESCAPED


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8, as Python's surrogateescape carries it
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii") if code < 0xD800 or code > 0xDFFF else f"\\u{code:04x}"
