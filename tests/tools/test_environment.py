# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The folders of the checkout that the tools install and build."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import environment


def test_wheels_are_built_without_what_an_earlier_build_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "METAPACKAGE", tmp_path / "packaging" / "ppclas")
    plugin = tmp_path / "plugins" / "acme"
    for folder in (tmp_path, plugin, tmp_path / "packaging" / "ppclas"):
        (folder / "build" / "lib" / "removed").mkdir(parents=True)
        (folder / "setup.cfg").write_text("", encoding="utf-8")
    environment.remove_build_folders()
    assert not list(tmp_path.rglob("removed"))
    assert (plugin / "setup.cfg").is_file()
