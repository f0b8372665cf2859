# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Names from outside reach the terminal without being obeyed by it."""

from __future__ import annotations

import os

import pytest

from ppclas_core.system.text import one_line, printable


@pytest.mark.parametrize(("given", "shown"), [
    ("\x1b[31mred", "\\x1b[31mred"),
    ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
    ("\x9b2J", "\\x9b2J"),
    ("a\u202eb", "a\\u202eb"),
    ("\u2028", "\\u2028"),
    (os.fsdecode(b"caf\xe9.jpg"), "caf\\xe9.jpg"),
    ("\ud800", "\\ud800"),
    ("猫 café 👩\u200d🚀", "猫 café 👩\u200d🚀"),
])
def test_characters_that_a_terminal_obeys_are_shown_as_escapes(given: str, shown: str) -> None:
    assert printable(given) == shown
    printable(given).encode("utf-8")


def test_a_message_keeps_its_lines_and_a_name_does_not_make_new_ones() -> None:
    assert printable("one\n\ttwo") == "one\n\ttwo"
    assert one_line("one\n\ttwo\r") == "one\\n\\ttwo\\r"
