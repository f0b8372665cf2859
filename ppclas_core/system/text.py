# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Text that comes from outside (file names, class names, YAML keys), made safe to print."""

from __future__ import annotations

import re
import unicodedata

_ESCAPED = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
"""Unicode categories that a terminal may obey or cannot show: controls, formats, surrogates, private use, breaks."""

_ALLOWED = frozenset("\n\t\u200c\u200d")
"""Characters of these categories that stay: line breaks of messages, and the joiners that scripts and emoji need."""


_ASCII_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def printable(text: object) -> str:
    """Return `str(text)` with each character that a terminal would obey or cannot encode as a visible escape.

    An escape sequence becomes `\\x1b[31m`, a byte of a file name that is not UTF-8 becomes `\\xff`. Line breaks and
    tabs stay, so a whole message can be passed; use `one_line` for a single name.
    """
    text = str(text)
    if text.isascii() and not _ASCII_CONTROL.search(text):
        return text
    return "".join(character if is_safe(character) else _escape(character) for character in text)


def one_line(text: object) -> str:
    """Return `printable(text)` with line breaks and tabs escaped too: a name that cannot fake a second line."""
    return printable(text).replace("\n", "\\n").replace("\t", "\\t")


def is_safe(character: str) -> bool:
    """Return whether a terminal shows a character, or breaks the line at it, and does nothing else."""
    return character in _ALLOWED or unicodedata.category(character) not in _ESCAPED


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8, as Python's surrogateescape carries it
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii") if code < 0xD800 or code > 0xDFFF else f"\\u{code:04x}"
