# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The author's guide has every kind with an example, and every field of every record, as the code has them."""

from __future__ import annotations

import dataclasses
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from ppclas_core import api, hookspecs
from ppclas_core.scaffold import KINDS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
TOOL = ROOT / "tools" / "plugin_pages.py"
PAGES = sorted((DOCS / "reference" / "plugins").glob("*.md"))
RECORDS = sorted(name for name in api.__all__ if dataclasses.is_dataclass(getattr(api, name)))


def test_the_generated_parts_are_current() -> None:
    done = subprocess.run([sys.executable, str(TOOL), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_has_a_page_with_its_example(kind: str) -> None:
    page = DOCS / "reference" / "plugins" / f"{kind}.md"
    assert f"<!-- example {kind} -->" in page.read_text(encoding="utf-8")
    assert f"[{kind}](plugins/{kind}.md)" in (DOCS / "reference" / "plugins.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("record", RECORDS)
def test_every_record_has_its_table_of_fields(record: str) -> None:
    pages = [DOCS / "reference" / "plugins.md", *PAGES]
    assert [page for page in pages if f"<!-- fields ppclas_core.api {record} -->" in page.read_text(encoding="utf-8")]


def test_the_records_of_all_hooks_are_among_them() -> None:
    assert {record.__name__ for _, record in hookspecs.HOOKS.values()} <= set(RECORDS)


def test_every_first_party_plugin_is_in_the_directory() -> None:
    text = (DOCS / "plugins" / "directory.md").read_text(encoding="utf-8")
    names = [path.parent.name for path in (ROOT / "plugins").glob("*/setup.cfg")]
    assert names
    assert [name for name in names if f"[`{name}`](" not in text] == []


def test_a_line_of_a_docstring_may_describe_several_fields() -> None:
    described = runpy.run_path(str(TOOL))["described"]
    text = ("A thing.\n\nArgs:\n    mean, std: values; for\n        all pixels.\n    size: pixels | px.\n"
            "\nRaises:\n    E: no.")
    assert described(text, "Args") == {"mean": "values; for all pixels.", "std": "values; for all pixels.",
                                       "size": "pixels \\| px."}
