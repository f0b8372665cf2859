# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Archives that mean harm, or are damaged."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from ppclas_core.errors import UserError
from ppclas_core.weights.unpack import unpack_tar


def make(path: Path, *members: Any) -> Path:
    """An archive of (name, bytes), or of (name, type, link target)."""
    with tarfile.open(path, "w") as tar:
        for member in members:
            info = tarfile.TarInfo(member[0])
            if isinstance(member[1], bytes) and len(member) == 2:
                info.size = len(member[1])
                tar.addfile(info, io.BytesIO(member[1]))
            else:
                info.type, info.linkname = member[1], member[2]
                tar.addfile(info)
    return path


@pytest.mark.parametrize("member", [
    ("../outside", b"x"), ("/outside", b"x"), ("a/../../outside", b"x"), ("..\\outside", b"x"), ("C:outside", b"x"),
    ("link", tarfile.SYMTYPE, "/etc/passwd"), ("link", tarfile.LNKTYPE, "../outside"), ("pipe", tarfile.FIFOTYPE, ""),
    ("device", tarfile.CHRTYPE, ""),
])
def test_a_member_that_leads_out_or_is_no_file_is_refused_by_name(tmp_path: Path, member: Any) -> None:
    folder = tmp_path / "in" / "folder"
    folder.mkdir(parents=True)
    with pytest.raises(UserError) as caught:
        unpack_tar(make(tmp_path / "x.tar", ("fine", b"x"), member), folder)
    assert member[0] in str(caught.value)
    assert {path.name for path in tmp_path.rglob("*")} == {"in", "x.tar", "folder", "fine"}


def test_one_top_folder_is_left_out_even_when_a_file_has_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    unpack_tar(make(tmp_path / "x.tar", ("Net/Net", b"1"), ("Net/b", b"2"), ("Net/.hidden", b"3")), folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"Net": b"1", "b": b"2"}


def test_gzip_is_unpacked_too(tmp_path: Path) -> None:
    plain = make(tmp_path / "x.tar", ("a", b"1"))
    plain.write_bytes(gzip.compress(plain.read_bytes()))
    (tmp_path / "folder").mkdir()
    unpack_tar(plain, tmp_path / "folder")
    assert (tmp_path / "folder" / "a").read_bytes() == b"1"


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match="damaged"):
        unpack_tar(make(tmp_path / "x.tar", ("a", b"1"), ("a", b"2")), tmp_path / "folder")


@pytest.mark.parametrize("keep", [0, 100, 600, 1024, 2000])
def test_a_cut_archive_is_an_error(tmp_path: Path, keep: int) -> None:
    path = make(tmp_path / "x.tar", ("a", b"1" * 700), ("b", b"2" * 700))
    path.write_bytes(path.read_bytes()[:keep])
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match="damaged|ends inside"):
        unpack_tar(path, tmp_path / "folder")
