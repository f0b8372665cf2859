# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What exists only because of July 2020 stands in `compat/` and `weights/formats/`; no other line names the year."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CORE = Path(__file__).resolve().parents[2] / "ppclas_core"
PLACES = ("compat", "weights/formats")
VALUES = re.compile(r"""["`]2020["`]|compat: 2020|--to 2020|^  2020  |\b(v|bn|name_)2020|draft[/ ]2020-12|\(2020\)""")
"""Values that users type, the generation of published names, a draft of JSON Schema, the year of a paper."""


def mentions(line: str) -> bool:
    """Whether a line of code, comment or docstring speaks of the year."""
    return "2020" in VALUES.sub("", line)


def test_the_year_stands_where_legacy_forms_are_read() -> None:
    hits = [f"{path.relative_to(CORE)}:{number}" for path in sorted(CORE.rglob("*.py"))
            if not path.relative_to(CORE).as_posix().startswith(PLACES)
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if mentions(line)]
    assert hits == []


@pytest.mark.parametrize(("line", "seen"), [
    ("# as in 2020", True), ('"""The rule of July 2020."""', True), ("def flags_2020():", True),
    ('form == "2020"', False), ("Names(v2020, v2_0)", False), ("help='--to 2020'", False),
    ("# 2020 writes v2020", True),
])
def test_prose_is_distinguished_from_values(line: str, seen: bool) -> None:
    assert mentions(line) == seen
