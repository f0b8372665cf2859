# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What is printed may be lost; what a command does, and its exit code, is not."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import Any, Sequence

import pytest

from ppclas_core.cli import guarded
from ppclas_core.system import console

pytestmark = pytest.mark.skipif(os.name == "nt", reason="descriptors and /dev/full are a matter of POSIX")
needs_dev_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
PPCLAS = [sys.executable, "-m", "ppclas_core"]


def run(arguments: Sequence[str], **streams: Any) -> subprocess.CompletedProcess[str]:
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.run([*PPCLAS, *arguments], text=True, check=False, **streams)


def without_reader() -> int:
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


class Broken(io.StringIO):
    """A stream whose reader has gone, in a notebook: without a descriptor."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


def test_a_stream_goes_silent_at_the_first_write_that_fails() -> None:
    stream = console.GuardedStream(Broken(), optional=False)
    assert console.write_error(stream) is None
    assert stream.write("one") == 3
    assert console.write_error(stream) == "Broken pipe"
    stream.stream = io.StringIO()
    stream.write("two")
    stream.writelines(["three"])
    stream.flush()
    assert stream.stream.getvalue() == ""


def test_a_stream_that_was_closed_is_silent_and_a_wrong_text_still_raises() -> None:
    closed = io.StringIO()
    closed.close()
    stream = console.GuardedStream(closed, optional=False)
    stream.write("lost")
    assert console.write_error(stream) == "I/O operation on closed file"
    strict = console.GuardedStream(io.TextIOWrapper(io.BytesIO(), encoding="ascii"), optional=False)
    with pytest.raises(UnicodeEncodeError):
        strict.write("é")
    assert console.write_error(strict) is None


def test_the_guard_of_a_program_holds_for_all_that_it_calls_and_then_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sys.stdout
    with console.guarded_streams():
        guard = sys.stdout
        assert isinstance(guard, console.GuardedStream)
        with console.guarded_streams(optional=True):
            inner: object = sys.stdout
            assert inner is guard
        assert guard.optional
    assert sys.stdout is before
    monkeypatch.setattr(sys, "stderr", None)
    with console.guarded_streams():
        print("nowhere", file=sys.stderr)
    assert sys.stderr is None


def test_a_message_from_a_signal_handler_never_raises() -> None:
    saved = os.dup(2)
    writing = without_reader()
    try:
        os.dup2(writing, 2)
        console.write_message("lost")
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(writing)


@pytest.mark.parametrize(("result", "code"), [(0, 0), (2, 2)])
def test_a_broken_pipe_neither_changes_the_exit_code_nor_ends_the_work(
        monkeypatch: pytest.MonkeyPatch, result: int, code: int) -> None:
    done = []

    def work() -> int:
        print("x", flush=True)
        done.append(True)
        return result

    monkeypatch.setattr(sys, "stdout", Broken())
    assert guarded(work) == code
    assert done


def test_a_pipe_that_breaks_inside_is_no_reader_that_went_away(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        raise BrokenPipeError(32, "Broken pipe")

    assert guarded(work) != 0
    assert "Broken pipe" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["list", "models", "--json"], ["--help"], ["list", "--help"]])
def test_a_list_whose_reader_has_gone_ends_quietly(arguments: list[str]) -> None:
    writing = without_reader()
    done = run(arguments, stdout=writing)
    os.close(writing)
    assert (done.returncode, "Exception" in done.stderr, "Broken" in done.stderr) == (0, False, False)


@needs_dev_full
@pytest.mark.parametrize("arguments", [["list", "ops"], ["--version"], ["list", "--help"]])
def test_a_list_that_cannot_be_written_is_a_failure_of_the_machine(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = run(arguments, stdout=full)
    assert done.returncode == 2
    assert "the output cannot be written: No space left on device" in done.stderr
    assert "Exception" not in done.stderr
    assert "internal error" not in done.stderr


@needs_dev_full
def test_messages_that_cannot_be_written_leave_the_result_and_the_exit_code() -> None:
    with open("/dev/full", "w") as full:
        done = run(["list", "ops"], stderr=full)
        wrong = run(["list", "nothing-like-it"], stderr=full)
    assert done.returncode == 0
    assert "RandCropImage" in done.stdout
    assert wrong.returncode == 2


def test_files_never_get_the_number_of_a_closed_standard_stream(tmp_path: Any) -> None:
    code = ("import os, sys\nfrom ppclas_core.cli import guarded\n"
            f"def work():\n    file = open({str(tmp_path / 'file')!r}, 'w')\n"
            "    os.write(2, b'a crash dump')\n    return 0 if file.fileno() > 2 else 1\n"
            "os.close(0); os.close(2)\nsys.exit(guarded(work))")
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert (tmp_path / "file").read_text() == ""
