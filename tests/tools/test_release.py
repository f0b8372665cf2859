# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A release: one version everywhere, a closed changelog, checked files with a bill of materials."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import release
import sbom
import versions

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the files that have the version, and of the changelog."""
    for path in [*versions.version_files(ROOT), ROOT / versions.CHANGELOG]:
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    return tmp_path


def test_a_new_minor_version_moves_every_version_and_every_pin(checkout: Path) -> None:
    old = versions.current_version(checkout)
    changed = versions.set_version(checkout, "7.3.1")
    assert set(changed) == set(versions.version_files(checkout))
    for path in versions.version_files(checkout):
        text = path.read_text(encoding="utf-8")
        assert f"version = {old}" not in text or path.name == "layout.py", path
        assert "~=0.1.0" not in text, path
    assert "ppclas-core~=7.3.0" in (checkout / "plugins/ppclas-serve/setup.cfg").read_text(encoding="utf-8")
    assert versions.current_version(checkout) == "7.3.1"


def test_a_template_for_new_plugins_keeps_its_own_first_version(checkout: Path) -> None:
    versions.set_version(checkout, "7.3.1")
    text = (checkout / "ppclas_core/scaffold/layout.py").read_text(encoding="utf-8")
    assert "version = 0.1.0" in text
    assert '__version__ = "0.1.0"' in text
    assert "ppclas-core~=7.3.0" in text


@pytest.mark.parametrize(("version", "message"), [("0.1", "MAJOR.MINOR.PATCH"), ("1.0.0rc1", "MAJOR.MINOR.PATCH"),
                                                  ("0.1.0", "not later"), ("0.0.9", "not later")])
def test_a_version_that_is_no_step_forward_is_refused(version: str, message: str) -> None:
    with pytest.raises(SystemExit, match=message):
        versions.check_version(version, "0.1.0")


def test_the_changelog_is_closed_and_a_new_section_opened(checkout: Path) -> None:
    (checkout / versions.CHANGELOG).write_text(
        "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [0.0.1] - 2026-01-02\n")
    changes = versions.close_changelog(checkout, "0.2.0", "2026-12-01")
    assert changes == "### Added\n\n- A thing."
    text = (checkout / versions.CHANGELOG).read_text(encoding="utf-8")
    assert text.startswith("# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added")
    with pytest.raises(SystemExit, match="nothing below"):
        versions.close_changelog(checkout, "0.3.0", "2026-12-02")


def test_the_bill_of_materials_names_what_a_wheel_contains_and_requires(tmp_path: Path) -> None:
    wheel = tmp_path / "acme-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("acme/libjpeg.so.62", b"library")
        archive.writestr("acme-1.0.dist-info/METADATA", "Metadata-Version: 2.4\nName: acme\nVersion: 1.0\nSummary: A.\n"
                         "Author: B\nLicense-Expression: Apache-2.0\nRequires-Dist: numpy>=1.22\n"
                         "Requires-Dist: rich>=12; extra == \"nice\"\n")
    sbom.write_sbom([wheel], tmp_path / "sbom.json")
    bill = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))
    named = {each["name"]: each for each in bill["components"]}
    assert set(named) == {"acme", "numpy", "rich", "libjpeg-turbo"}
    assert named["acme"]["purl"] == "pkg:pypi/acme@1.0"
    assert (named["numpy"]["scope"], named["rich"]["scope"]) == ("required", "optional")
    (edges,) = bill["dependencies"]
    assert len(edges["dependsOn"]) == 3


def test_a_dry_run_leaves_the_checkout_as_it_is(tmp_path: Path) -> None:
    copy = release.copy_checkout(tmp_path / "copy")
    versions.set_version(copy, "7.3.1")
    assert versions.current_version(ROOT) != "7.3.1"
    assert (copy / "ppclas_core/data/datasets/digits.npz").is_file()
    assert not (copy / ".git").exists()


@pytest.mark.slow
def test_a_release_of_all_distributions_builds_and_passes_every_check(tmp_path: Path) -> None:
    out = tmp_path / "dist"
    done = subprocess.run([sys.executable, str(ROOT / "tools/release.py"), "7.3.1", "--dry-run", "--out", str(out)],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    count = len(versions.setup_files(ROOT))
    assert len(list(out.glob("*.whl"))) == len(list(out.glob("*.tar.gz"))) == count
    assert "manylinux" in next(out.glob("ppclas_decode_turbo-*.whl")).name
    assert len((out / "SHA256SUMS").read_text(encoding="utf-8").splitlines()) == 2 * count
    assert "libjpeg-turbo" in (out / "sbom.cdx.json").read_text(encoding="utf-8")
