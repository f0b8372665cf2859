# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""File locks: one holder at a time, freed when the holder is killed; the lock of a run folder refuses at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import pytest
from filelock import FileLock

from ppclas_core.errors import UserError
from ppclas_core.runs.lock import locked as run_folder_locked
from ppclas_core.system.lock import LockTimeoutError, locked

HOLDER = """
import sys, time
from pathlib import Path
from ppclas_core.{module} import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@contextmanager
def holder(path: Path, module: str = "system.lock", seconds: float = 60) -> Iterator[subprocess.Popen]:
    """Another process that holds the lock."""
    with subprocess.Popen([sys.executable, "-c", HOLDER.format(module=module), str(path), str(seconds)],
                          stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_a_lock_is_held_once_and_again_after_its_holder_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "not/yet/file.lock"
    with holder(path) as process:
        with pytest.raises(LockTimeoutError, match="another process has been busy for 0 s: making x"), \
                locked(path, timeout=0, what="making x"):
            pass
        process.kill()
        process.wait()
        with locked(path, timeout=5):
            pass
    assert path.exists()


def test_a_process_that_opened_a_lock_file_before_its_removal_does_not_hold_the_lock(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The classic race: the file is removed between the opening and the lock; the lock must be one of the new file."""
    path = tmp_path / "lock"
    real, removals = FileLock.acquire, [path]

    def acquire(lock: FileLock, *args: Any, **options: Any) -> object:
        found = real(lock, *args, **options)
        while removals:
            removals.pop().unlink()
        return found

    monkeypatch.setattr(FileLock, "acquire", acquire)
    with locked(path, timeout=5, remove=True):
        assert path.exists()
        monkeypatch.undo()
        with pytest.raises(LockTimeoutError), locked(path, timeout=0):
            pass
    assert not path.exists()


def test_the_folder_that_was_made_for_a_lock_alone_goes_with_it(tmp_path: Path) -> None:
    with run_folder_locked(tmp_path / "out/Net"):
        assert (tmp_path / "out/.Net.lock").exists()
    assert list(tmp_path.iterdir()) == []
    with run_folder_locked(tmp_path / "out/Net"):
        (tmp_path / "out/Net").mkdir()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["Net"]


def test_a_process_waits_for_the_holder_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with holder(tmp_path / "lock", seconds=0.5), locked(tmp_path / "lock", timeout=30, what="downloading y"):
        pass
    assert caplog.messages == ["waiting for another process: downloading y"]


def test_a_second_training_in_a_run_folder_is_refused_at_once(tmp_path: Path) -> None:
    with holder(tmp_path / "out/Net", "runs.lock") as process:
        start = time.monotonic()
        with pytest.raises(UserError, match="another process is training in this run folder") as caught, \
                run_folder_locked(tmp_path / "out/Net"):
            pass
        assert caught.value.exit_code == 2
        assert time.monotonic() - start < 5
        os.kill(process.pid, signal.SIGTERM)
        process.wait()
        with run_folder_locked(tmp_path / "out/Net"):
            pass


def test_a_folder_that_cannot_be_written_is_an_error_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot write there"), run_folder_locked(tmp_path / "file/Net"):
        pass


def test_without_locks_of_the_file_system_the_work_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with locked(tmp_path / "lock"):
        (tmp_path / "done").touch()
    assert (tmp_path / "done").exists()
