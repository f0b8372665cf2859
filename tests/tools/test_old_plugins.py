# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The script that runs the plugins of an earlier commit: which commit, which plugins, and what it says otherwise."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import old_plugins  # noqa: E402  the path is set above


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it prints."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True,
                          text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two commits; the plugin of the first is gone in the second."""
    folder = tmp_path / "repository"
    for name, required in (("acme-light", ""), ("acme-tool", "    onnx\n")):
        plugin = folder / "plugins" / name
        plugin.mkdir(parents=True)
        (plugin / "setup.cfg").write_text(f"[options]\ninstall_requires =\n    ppclas-core~=0.1.0\n{required}")
    (folder / "setup.cfg").write_text("version = 0.1.3\n")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    git(folder, "rm", "-qr", "plugins/acme-light")
    git(folder, "commit", "-qm", "second")
    return folder


def test_the_record_of_this_checkout_names_a_commit() -> None:
    assert re.fullmatch(r"[0-9a-f]{40}", old_plugins.recorded_commit(old_plugins.RECORD))


def test_the_plugins_of_the_earlier_commit_are_taken(repository: Path, tmp_path: Path) -> None:
    old_plugins.extract(repository, git(repository, "rev-parse", "HEAD~1"), tmp_path / "old")
    assert [folder.name for folder in old_plugins.folders(tmp_path / "old", [])] == ["acme-light"]
    assert [folder.name for folder in old_plugins.folders(tmp_path / "old", ["acme-tool"])] == ["acme-tool"]
    with pytest.raises(SystemExit, match="no plugin 'acme-x'; it has: acme-light, acme-tool"):
        old_plugins.folders(tmp_path / "old", ["acme-x"])


def test_the_core_is_built_without_leftovers_of_earlier_builds(tmp_path: Path) -> None:
    old_plugins.copy_core(tmp_path)
    there = {path.name for path in tmp_path.iterdir()}
    assert there >= {"setup.cfg", "pyproject.toml", "ppclas_core", "configs", "packaging"}
    assert not [path for path in tmp_path.rglob("*") if path.name in ("build", "__pycache__", ".git")]


def test_a_shallow_clone_without_the_commit_is_told_how_to_get_it(repository: Path, tmp_path: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD~1")
    git(tmp_path, "clone", "-q", "--depth", "1", repository.as_uri(), "shallow")
    with pytest.raises(SystemExit, match=f"has no commit {commit}.*\n  .*git fetch --unshallow"):
        old_plugins.extract(tmp_path / "shallow", commit, tmp_path / "old")


def test_the_plugins_of_another_minor_version_are_not_run() -> None:
    old_plugins.check_minor("0.1.0", "0.1.9")
    with pytest.raises(SystemExit, match="a commit of version 0.1.9, but this core is 0.2.0"):
        old_plugins.check_minor("0.1.9", "0.2.0")


def test_a_step_that_fails_ends_the_script_with_the_way_out(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    fresh = old_plugins.FreshEnvironment.__new__(old_plugins.FreshEnvironment)
    fresh._bin, fresh._plugins = Path(sys.executable).parent, ["acme-light", "acme-tool"]
    seen = "import os; assert os.environ['PPCLAS_PLUGINS'] == 'acme-light,acme-tool'"
    fresh.run("first", "-c", seen, cwd=tmp_path)
    with pytest.raises(SystemExit, match="fail with this core: second\n  .*compatibility.md"):
        fresh.run("second", "-c", "raise SystemExit(3)", cwd=tmp_path)
    out = capfd.readouterr().out
    assert "first: OK (" in out
    assert "second: failed (" in out
