# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Files that appear whole or not at all, and digests of files."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from ppclas_core.system.atomic import atomic_file, is_partial, write_atomic
from ppclas_core.system.hashing import file_sha256


@pytest.mark.parametrize("durable", [True, False])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "new/file.json"
    write_atomic(path, "old", durable=durable)

    def fail() -> None:
        with atomic_file(path, durable=durable) as partial:
            assert is_partial(partial)
            partial.write_text("half")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail()
    assert path.read_text() == "old"
    assert os.listdir(path.parent) == ["file.json"]


def test_two_writers_of_one_file_have_partial_files_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with atomic_file(path) as first:
        with atomic_file(path) as second:
            assert first != second
            second.write_text("second")
        first.write_text("first")
    assert path.read_text() == "first"
    assert os.listdir(tmp_path) == ["file"]


def test_bytes_of_file_names_are_written_as_they_were(tmp_path: Path) -> None:
    write_atomic(tmp_path / "list.txt", os.fsdecode(b"\xb9.jpg 0\n"))
    assert (tmp_path / "list.txt").read_bytes() == b"\xb9.jpg 0\n"


def test_the_digest_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    data = os.urandom((1 << 20) + 5)
    (tmp_path / "file").write_bytes(data)
    assert file_sha256(tmp_path / "file") == hashlib.sha256(data).hexdigest()
