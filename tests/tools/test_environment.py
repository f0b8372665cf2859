# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The folders of the checkout that the tools install and build."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import List, Tuple

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


def test_an_environment_gets_core_plugins_and_the_metapackage_once(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: List[Tuple[str, ...]] = []
    (tmp_path / "python").touch()
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(environment, "_pip", lambda *arguments: calls.append(arguments))
    monkeypatch.setattr(environment, "_repair_opencv", lambda: None)
    environment.ensure()
    editable = [word for call in calls for option, word in zip(call, call[1:]) if option == "-e"]
    light = [str(folder) for folder in environment.light_distributions()]
    assert editable == [f"{environment.ROOT}[cpu]", *light, str(environment.METAPACKAGE)]
    assert "--no-deps" in calls[-1]
    calls.clear()
    environment.ensure()
    assert not calls
    environment.ensure(("cpu", "test"))
    assert str(environment.METAPACKAGE) not in [word for call in calls for word in call]  # it is installed
