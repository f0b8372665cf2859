# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The commands that a new plugin is tried with are the same in the README, the workflow and the printed next steps."""

from __future__ import annotations

import pytest

from ppclas_core.scaffold import KINDS, example_commands, plugin_files


@pytest.mark.parametrize("kind", list(KINDS))
def test_readme_workflow_and_next_steps_agree(kind: str) -> None:
    files = plugin_files("acme-x", kind)
    printed = example_commands("acme-x", kind, "", "acme-x")
    assert printed
    for command in printed:
        inside = command.replace("acme-x/example.yaml", "example.yaml")
        assert f"\n{inside}\n" in files["README.md"]
        assert f"- run: {inside}\n" in files[".github/workflows/ci.yml"]
    assert any("example.yaml" in command for command in printed) == ("example.yaml" in files)


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_field_of_a_template_is_filled_in(kind: str) -> None:
    for path, text in plugin_files("acme-x", kind, "Other", author="Jo", url="https://example.org").items():
        for field in ("dist", "package", "component", "module", "name", "what", "author", "url", "commands", "steps",
                      "folder", "entry"):
            assert f"@{field}@" not in path + text
