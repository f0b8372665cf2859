# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The mistakes in the author's guide are tested ones, with the messages that the tests see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.plugins.mistakes import MISTAKES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "plugin_mistakes.md"
ROWS = re.findall(r"^\| ([^|]+) \| `(.+)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("name", "message"), ROWS, ids=[name for name, _ in ROWS])
def test_a_mistake_of_the_page_is_tested_with_its_message(name: str, message: str) -> None:
    parts = [part for part in MISTAKES[name].says if len(part) > 10]
    assert any(part in message or message in part for part in parts), parts


def test_the_page_has_more_than_a_dozen_mistakes() -> None:
    assert len(ROWS) > 20
