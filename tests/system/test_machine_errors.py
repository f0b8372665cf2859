# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Faults of the machine end with a cure and exit code 2; a defect stays an internal error."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ppclas_core.cli import guarded
from ppclas_core.system.machine_errors import machine_error


@pytest.mark.parametrize(("number", "said"), [
    (errno.ENOSPC, "no space is left"), (errno.EROFS, "read-only"), (errno.EACCES, "permission denied"),
    (errno.EMFILE, "ulimit -n"), (errno.EFBIG, "ulimit -f"), (errno.ENOENT, "no such file")])
def test_an_error_of_the_system_names_the_file_the_reason_and_a_cure(number: int, said: str) -> None:
    fault = machine_error(OSError(number, os.strerror(number), "/some/file"))
    assert str(fault).startswith("/some/file: ")
    assert said in str(fault)
    assert fault.do  # type: ignore[union-attr]


@pytest.mark.parametrize("error", [
    FileNotFoundError(errno.ENOENT, "no name"), BrokenPipeError(errno.EPIPE, "pipe"), ValueError("x"),
    OSError("text only"), RuntimeError("other")])
def test_what_may_be_a_defect_is_none_of_the_machine(error: Exception) -> None:
    assert machine_error(error) is None


def test_the_program_ends_with_2_for_the_machine_and_with_1_for_a_defect(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def cannot_write() -> int:
        (tmp_path / "file").touch()
        return (tmp_path / "file" / "below").write_text("x")

    def starved() -> int:
        raise MemoryError

    def defect() -> int:
        raise KeyError("x")

    assert guarded(cannot_write) == 2
    assert guarded(starved) == 2
    assert "internal error" not in capsys.readouterr().err
    assert guarded(defect) == 1
    assert "internal error" in capsys.readouterr().err
