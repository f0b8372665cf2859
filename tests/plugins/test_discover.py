# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A metadata folder that pip left incomplete or damaged is left out and reported with its path; all else works."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Optional

import pytest
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from ppclas_core.plugins.discover import _fits

ENTRY = b"[ppclas.plugins.v1]\nacme-net = acme_net.plugin\n"
NAMED = b"Metadata-Version: 2.1\nName: acme-net\nVersion: 0.1\n"
DAMAGED: Dict[str, Dict[str, Optional[bytes]]] = {
    "no METADATA": {"entry_points.txt": ENTRY},
    "empty METADATA": {"entry_points.txt": ENTRY, "METADATA": b""},
    "no Name": {"entry_points.txt": ENTRY, "METADATA": b"Metadata-Version: 2.1\nVersion: 0.1\n"},
    "empty Name": {"entry_points.txt": ENTRY, "METADATA": b"Name:\nVersion: 0.1\n"},
    "no Version": {"entry_points.txt": ENTRY, "METADATA": b"Name: acme-net\n"},
    "METADATA not UTF-8": {"entry_points.txt": ENTRY, "METADATA": NAMED + b"Summary: \xff\n"},
    "METADATA unreadable": {"entry_points.txt": ENTRY, "METADATA": None},
    "an entry without '='": {"entry_points.txt": b"[ppclas.plugins.v1]\nacme-net\n", "METADATA": NAMED},
    "entries not UTF-8": {"entry_points.txt": b"[ppclas.plugins.v1]\nacme-net = \xff\n", "METADATA": NAMED},
}


def metadata_folder(site: Path, files: Dict[str, Optional[bytes]], name: str = "acme_net-0.1.dist-info") -> Path:
    """Write a metadata folder; None stands for a folder in place of the file, which nobody can read."""
    folder = site / name
    folder.mkdir(parents=True)
    for file, content in files.items():
        if content is None:
            (folder / file).mkdir()
        else:
            (folder / file).write_bytes(content)
    return folder


def ppclas(site: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program with a further folder of installed distributions."""
    return subprocess.run([sys.executable, "-m", "ppclas_core", *arguments], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(site), "PPCLAS_STRICT_PLUGINS": "", **environment})


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_metadata_folder_is_left_out_and_named(install: Any, load: Any, tmp_path: Path, damage: str) -> None:
    install("acme-good")
    folder = metadata_folder(tmp_path / "site", DAMAGED[damage])
    known = load()
    assert known.find("op", "Echo").dist == "acme-good"
    (failure,) = [failure for failure in known.failures if failure.dist == "acme-net"]
    assert failure.phase == "metadata"
    assert str(folder) in failure.error


@pytest.mark.parametrize("variable", [{"PPCLAS_DISABLE_PLUGINS": "acme-net"}, {"PPCLAS_PLUGINS": ""}])
def test_a_damaged_one_can_be_switched_off(
    load: Any, install: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: Dict[str, str]
) -> None:
    metadata_folder(tmp_path / "site", DAMAGED["no METADATA"])
    for name, value in variable.items():
        monkeypatch.setenv(name, value)
    known = load()
    assert known.failures == []
    assert "acme-net" in {found.dist for found in known.disabled}


def test_two_versions_side_by_side_count_as_the_newer_and_the_older_is_named(
    install: Any, load: Any, tmp_path: Path
) -> None:
    install("acme-net", version="0.10")
    left = metadata_folder(tmp_path / "site", {"entry_points.txt": ENTRY, "METADATA": NAMED.replace(b"0.1", b"0.9")},
                           "acme_net-0.9.dist-info")
    known = load()
    assert known.find("op", "Echo").version == "0.10"
    (failure,) = [failure for failure in known.failures if failure.dist == "acme-net"]
    assert str(left) in failure.error
    assert "acme_net-0.10.dist-info stands beside it" in failure.error


def test_a_sound_distribution_on_two_paths_is_no_failure(
    install: Any, load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("acme-net", version="0.10")
    metadata_folder(tmp_path / "user", {"entry_points.txt": ENTRY, "METADATA": NAMED})
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "user")])
    known = load()
    assert known.find("op", "Echo").version == "0.10"
    assert [failure for failure in known.failures if failure.dist == "acme-net"] == []


def test_what_pip_was_about_to_remove_is_named(install: Any, load: Any, tmp_path: Path) -> None:
    left = metadata_folder(tmp_path / "site", {"entry_points.txt": ENTRY, "METADATA": NAMED}, "~cme_net-0.1.dist-info")
    (failure,) = [failure for failure in load().failures if failure.dist == "acme-net"]
    assert str(left) in failure.error
    assert "an interrupted pip left it" in failure.error


def test_a_missing_record_changes_nothing(install: Any, load: Any) -> None:
    install("acme-net")  # the folders of these tests never have a RECORD
    assert load().find("op", "Echo").dist == "acme-net"


def test_a_damaged_distribution_that_is_no_plugin_is_nobodys_business(install: Any, load: Any, tmp_path: Path) -> None:
    metadata_folder(tmp_path / "site", {"entry_points.txt": b"[console_scripts]\nx = \xff\n"}, "other-1.dist-info")
    metadata_folder(tmp_path / "site", {}, "third-1.dist-info")
    assert load().failures == []


@pytest.mark.parametrize("arguments", [["list", "ops"], ["plugins"], ["doctor"]])
def test_every_command_goes_on(tmp_path: Path, arguments: list[str]) -> None:
    for number, files in enumerate(DAMAGED.values()):
        metadata_folder(tmp_path, files, f"acme_net{number}-0.1.dist-info")
    outcome = ppclas(tmp_path, *arguments)
    assert "internal error" not in outcome.stdout + outcome.stderr
    assert outcome.returncode == (1 if arguments == ["doctor"] else 0)
    for number in range(len(DAMAGED)):
        assert f"acme_net{number}-0.1.dist-info" in outcome.stdout + outcome.stderr


@pytest.mark.parametrize("operator", [">=", "<", "~="])
def test_bounds_of_numbers_are_compared_as_packaging_compares_them(operator: str) -> None:
    numbers = ["0", "1", "2", "0.1", "0.2", "1.0", "1.1", "0.1.0", "0.1.3", "0.1.10", "0.10.1", "1.0.0", "0.1.0.5"]
    for version, bound in itertools.product(numbers, numbers):
        try:
            wanted = SpecifierSet(operator + bound).contains(version, prereleases=True)
        except InvalidSpecifier:  # ~=1 has no number that may grow
            wanted = None
        assert _fits(version, operator + bound) == wanted, f"{version} {operator}{bound}"


def test_an_implementation_with_another_name_and_a_bound_method_are_hooks(install: Any, load: Any) -> None:
    install("acme-spec", "from ppclas_core.api import Op, hookimpl\n"
            "@hookimpl(specname='ppclas_ops')\ndef my_ops():\n    return [Op('Echo', '{package}.op:Echo')]\n")
    install("acme-bound", "from ppclas_core.api import Op, hookimpl\n"
            "class Registry:\n    @hookimpl\n    def ppclas_ops(self):\n"
            "        return [Op('Echo2', '{package}.op:Echo')]\n"
            "ppclas_ops = Registry().ppclas_ops\n")
    known = load()
    assert known.find("op", "Echo").dist == "acme-spec"
    assert known.find("op", "Echo2").dist == "acme-bound"
