# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A bundle appears whole or not at all, and takes the place of nothing but a bundle."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ppclas_core.bundles import stale_folders as leftovers
from ppclas_core.bundles.atomic_bundle import new_bundle_folder
from ppclas_core.errors import UserError


def put(folder: Path, text: str) -> None:
    (folder / "bundle.json").write_text(text, encoding="utf-8")


def test_it_has_its_name_only_when_finished(tmp_path: Path) -> None:
    out = tmp_path / "a" / "öut put"
    with new_bundle_folder(out) as folder:
        put(folder, "{}")
        assert not out.exists()
    assert [path.name for path in out.iterdir()] == ["bundle.json"]
    assert [path.name for path in out.parent.iterdir()] == ["öut put"]


def test_an_interruption_leaves_the_old_bundle_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    put(out, "old")
    with contextlib.suppress(KeyboardInterrupt), new_bundle_folder(out) as folder:
        put(folder, "new")
        raise KeyboardInterrupt
    assert (out / "bundle.json").read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_a_bundle_and_an_empty_folder_are_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for text in ("first", "second"):
        with new_bundle_folder(out) as folder:
            put(folder, text)
        assert (out / "bundle.json").read_text(encoding="utf-8") == text
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.skipif(os.name == "nt", reason="Windows tells nothing of a process without a handle on it")
def test_what_a_killed_export_left_goes_with_the_next_one_and_nothing_else_does(tmp_path: Path) -> None:
    code = ("import sys, time; from pathlib import Path\n"
            "from ppclas_core.bundles.atomic_bundle import new_bundle_folder\n"
            "with new_bundle_folder(Path(sys.argv[1])) as folder: print(folder, flush=True); time.sleep(3000)")
    processes = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path / name)], stdout=subprocess.PIPE, text=True)
                 for name in ("out", "out", "another")]
    dead, alive, other = (Path(process.stdout.readline().strip()) for process in processes)  # type: ignore[union-attr]
    kept = [tmp_path / f".out.{middle}.partial" for middle in ("notes", "abcdef-1-abcdef")]  # of another machine
    for folder in kept:
        folder.mkdir()
    for process in (processes[0], processes[2]):
        process.kill()
        process.wait()
    with new_bundle_folder(tmp_path / "out") as folder:
        put(folder, "{}")
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "out", alive, *kept])
    assert not dead.exists()
    assert not other.exists()  # that of another name goes too: its next export may never come
    processes[1].kill()
    processes[1].wait()


@pytest.mark.skipif(os.name == "nt", reason="as above")
def test_a_bundle_whose_replacement_was_killed_between_two_renames_comes_back(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    hidden = leftovers.partial_folder(tmp_path / "out").with_suffix(".old")
    old = hidden.with_name(hidden.name.replace(f"-{os.getpid()}-", f"-{ended.pid}-"))
    old.mkdir()
    put(old, "old")
    with contextlib.suppress(KeyboardInterrupt), new_bundle_folder(tmp_path / "out"):
        raise KeyboardInterrupt
    assert (tmp_path / "out" / "bundle.json").read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_a_link_to_a_bundle_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "v1").mkdir()
    (tmp_path / "current").symlink_to(tmp_path / "v1", target_is_directory=True)
    with new_bundle_folder(tmp_path / "current") as folder:
        put(folder, "new")
    assert (tmp_path / "current").is_symlink()
    assert (tmp_path / "v1" / "bundle.json").is_file()


def test_a_folder_of_the_user_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work", encoding="utf-8")
    with pytest.raises(UserError, match="not a bundle"), new_bundle_folder(tmp_path):
        pass
    assert (tmp_path / "thesis.tex").is_file()


def test_a_file_with_the_name_of_the_bundle_is_reported(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match="a file of this name"), new_bundle_folder(tmp_path / "out"):
        pass


def test_a_full_disk_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="the disk is full"), new_bundle_folder(tmp_path / "out"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []

    def no_space(path: Any) -> Any:
        return type("Usage", (), {"free": 3 << 20})

    monkeypatch.setattr("ppclas_core.bundles.atomic_bundle.shutil.disk_usage", no_space)
    with pytest.raises(UserError, match="needs about 20 MB, the disk has 3 MB"), \
            new_bundle_folder(tmp_path / "out", required_bytes=20 << 20):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_elsewhere_is_not_blamed_on_the_output(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="elsewhere"), new_bundle_folder(tmp_path / "out"):
        Path("/elsewhere/missing").read_bytes()
