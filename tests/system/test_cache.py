# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The cache folder where there is no home, where nothing can be written, and where the disk is full."""

from __future__ import annotations

import errno
import logging
import os
import sys
import tempfile
from pathlib import Path

import pytest

from ppclas_core.errors import UserError
from ppclas_core.runtimes.conversion_cache import converted_file
from ppclas_core.system import cache


@pytest.fixture
def roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache root that is a file, so that nobody, root included, can write below it; an empty temporary folder."""
    (tmp_path / "file").touch()
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("PPCLAS_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    cache._log_fallback.cache_clear()
    return tmp_path


def test_a_root_that_cannot_be_written_is_replaced_by_a_private_temporary_folder(
        roots: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        folder = cache.writable_cache("bundles")
        assert cache.writable_cache("bundles") == folder
    assert folder.is_relative_to(roots / "tmp")
    assert folder.parent.stat().st_mode & 0o077 == 0
    assert len(caplog.records) == 1
    assert str(roots / "file") in caplog.text
    assert "PPCLAS_HOME" in caplog.text


def test_what_is_cached_in_a_folder_that_cannot_be_written_is_used(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PPCLAS_HOME", str(tmp_path))
    (tmp_path / "bundles").mkdir()
    (tmp_path / "bundles" / "known").touch()
    assert cache.cached("bundles", "known") == tmp_path / "bundles" / "known"
    assert cache.cached("bundles", "unknown") is None


def no_account(uid: int) -> object:
    raise KeyError(f"getpwuid(): uid not found: {uid}")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no user ids without an account")
@pytest.mark.parametrize("named", ["", "~/cache"])
def test_a_user_without_a_home_gets_the_temporary_folder(
        roots: Path, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("PPCLAS_HOME", named)
    for name in ("HOME", "USERPROFILE", "HOMEPATH", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", no_account)
    assert cache.cache_root().is_relative_to(roots / "tmp")
    assert cache.writable_cache("weights").is_dir()


def test_without_any_folder_the_error_names_the_first_and_the_cure(
        roots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(roots / "file"))
    with pytest.raises(UserError) as caught:
        cache.writable_cache("bundles")
    assert str(roots / "file") in str(caught.value)


def test_a_temporary_folder_of_somebody_else_is_not_used(roots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.writable_cache("bundles")
    monkeypatch.setattr("os.getuid", lambda: 12345)
    (roots / "tmp" / "ppclas-12345").mkdir()
    with pytest.raises(UserError):
        cache.writable_cache("bundles")


def test_a_file_whose_cache_disk_is_full_is_made_in_the_temporary_folder(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PPCLAS_HOME", str(tmp_path / "full"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    source = tmp_path / "source"
    source.write_bytes(b"model")

    def make(out: Path) -> None:
        if out.is_relative_to(tmp_path / "full"):
            raise OSError(errno.ENOSPC, "No space left on device")
        out.write_bytes(b"converted")

    made = converted_file([source], "model.onnx", {"tool": "1"}, make)
    assert made.read_bytes() == b"converted"
    assert converted_file([source], "model.onnx", {"tool": "1"}, lambda out: pytest.fail("made twice")) == made


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the folders of Linux")
def test_without_a_name_the_cache_is_that_of_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PPCLAS_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.cache_root() == tmp_path / ".cache" / "ppclas"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache.cache_root() == tmp_path / "xdg" / "ppclas"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache.cache_root().is_absolute()
