# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The search of installed distributions finds the same ones as importlib_metadata, and costs less."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, Iterable, List

import importlib_metadata
import pytest

from ppclas_core.plugins.discover import _core_requirements, find
from ppclas_core.plugins.distributions import distributions, entry_points

ENTRY = "[ppclas.plugins.v1]\nacme-net = acme_net.plugin\n"
NAMED = "Metadata-Version: 2.1\nName: acme-net\nVersion: 0.1\nRequires-Dist: ppclas-core~=0.1.0\n\nName: other\n"


def metadata(folder: Path) -> Path:
    """Write the metadata files of a plugin into a folder."""
    folder.mkdir(parents=True)
    (folder / "entry_points.txt").write_bytes(ENTRY.replace("\n", os.linesep).encode())
    (folder / "METADATA").write_text(NAMED, encoding="utf-8")
    return folder


def versions() -> List[str]:
    """Return the versions of the plugin that `find` returns."""
    return [found.version for found in find() if found.dist == "acme-net"]


def test_the_installed_distributions_are_those_of_importlib_metadata() -> None:
    known = {str(getattr(dist, "_path", "")) for dist in importlib_metadata.distributions()}
    assert {dist.folder for dist in distributions()} == known
    assert len(known) > 20


def test_entry_points_are_those_of_importlib_metadata() -> None:
    known = {(dist.metadata["Name"], entry.group, entry.name, entry.value)
             for dist in importlib_metadata.distributions() for entry in dist.entry_points}
    found = set()
    for dist in distributions():
        name = importlib_metadata.Distribution.at(dist.folder).metadata["Name"]
        found |= {(name, *entry) for entry in entry_points(dist.read("entry_points.txt") or "")}
    assert found == known


@pytest.mark.parametrize("folder", ["acme_net-0.1.dist-info", "acme_net.egg-info", "acme_net-0.1.egg/EGG-INFO"])
def test_each_form_of_a_metadata_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    info = metadata(tmp_path / folder)
    monkeypatch.syspath_prepend(str(info.parent))
    assert versions() == ["0.1"]


@pytest.mark.parametrize("name", ["", "."])
def test_the_working_directory_is_searched_where_imports_search_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    metadata(tmp_path / "acme_net-0.1.dist-info")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [name, *sys.path])
    assert versions() == ["0.1"]


def test_a_plugin_in_a_zip_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "plugins.zip", "w") as archive:
        archive.writestr("acme_net-0.1.dist-info/entry_points.txt", ENTRY)
        archive.writestr("acme_net-0.1.dist-info/METADATA", NAMED)
    monkeypatch.syspath_prepend(str(tmp_path / "plugins.zip"))
    assert versions() == ["0.1"]


def test_a_file_that_is_no_zip_and_a_missing_folder_are_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    before = len(list(distributions()))
    monkeypatch.setattr(sys, "path", [str(tmp_path / "file"), str(tmp_path / "missing"), *sys.path])
    assert len(list(distributions())) == before


def test_the_finder_of_another_import_system_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = metadata(tmp_path / "acme_net-0.1.dist-info")

    class Finder:
        @staticmethod
        def find_spec(name: str, path: Any = None, target: Any = None) -> None:
            return None

        @staticmethod
        def find_distributions(context: Any = None) -> Iterable[Any]:
            return [importlib_metadata.Distribution.at(info)]

    assert versions() == []
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])
    assert versions() == ["0.1"]


def test_an_entry_without_equals_sign_is_refused() -> None:
    with pytest.raises(ValueError, match="acme"):
        entry_points("[ppclas.plugins.v1]\nacme\n")
    assert entry_points("stray\n[a]\n# comment\n\n x = y : z [extra] \n") == [("a", "x", "y : z [extra]")]


@pytest.mark.parametrize(("requirement", "specifiers"), [
    ("ppclas-core~=0.1.0", ["~=0.1.0"]),
    ("ppclas_core[cpu] (>=0.1,<1)", [">=0.1,<1"]),
    ("PPClas.Core >=0.1 ; python_version >= '3.9'", [">=0.1"]),
    ("ppclas-core", []),
    ("ppclas-core>=9; extra == 'new'", []),
    ("ppclas-core7x", []),
    ("ppclas-core-extras>=2", []),
    ("ppclas-core @ file:///wheels/ppclas_core.whl", []),
    ("numpy>=1", []),
])
def test_the_requirement_on_core_is_read(requirement: str, specifiers: List[str]) -> None:
    assert list(_core_requirements([requirement])) == specifiers


def test_the_search_imports_neither_importlib_metadata_nor_what_it_imports() -> None:
    code = ("import sys; from ppclas_core.plugins.discover import find; found = find(); "
            "assert found; print(sorted({'importlib_metadata', 'email', 'zipfile', 'tempfile'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
