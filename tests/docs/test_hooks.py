# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Every hook is documented with its exact signature."""

from __future__ import annotations

import inspect
from pathlib import Path

from ppclas_core import hookspecs

DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference" / "plugins.md"


def test_every_hook_has_a_heading_with_its_signature() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for name, _ in hookspecs.HOOKS.values():
        signature = str(inspect.signature(getattr(hookspecs, name))).replace("'", "")
        assert f"### `{name}{signature}`" in text


def test_there_are_eleven_hooks_and_each_takes_no_argument() -> None:
    assert len(hookspecs.HOOKS) == 11
    for name, _ in hookspecs.HOOKS.values():
        assert not inspect.signature(getattr(hookspecs, name)).parameters
