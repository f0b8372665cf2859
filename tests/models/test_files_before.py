# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A command that fails takes back the files that it wrote, and no others."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ppclas_core.models.files_before import FilesBefore


def fail_after_writing(before: FilesBefore, config: Path, *, unless: bool = False) -> None:
    with suppress(KeyboardInterrupt), before.restored_on_error(unless=lambda: unless):
        config.parent.mkdir(parents=True, exist_ok=True)
        if config.exists():
            before.renamed = config.with_name("a.1.yaml")
            config.replace(before.renamed)
        config.write_text("new", encoding="utf-8")
        config.with_name("list.txt").write_text("new", encoding="utf-8")
        raise KeyboardInterrupt


def files_of(tmp_path: Path) -> FilesBefore:
    return FilesBefore(tmp_path / "out/deep", [tmp_path / "out/deep/a.yaml", tmp_path / "out/deep/list.txt"])


def test_new_files_and_folders_are_removed(tmp_path: Path) -> None:
    fail_after_writing(files_of(tmp_path), tmp_path / "out/deep/a.yaml")
    assert not (tmp_path / "out").exists()


def test_earlier_files_return_and_those_of_others_stay(tmp_path: Path) -> None:
    folder = tmp_path / "out/deep"
    folder.mkdir(parents=True)
    for name in ("a.yaml", "list.txt", "mine.yaml"):
        (folder / name).write_text("old", encoding="utf-8")
    fail_after_writing(files_of(tmp_path), folder / "a.yaml")
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == dict.fromkeys(
        ("a.yaml", "list.txt", "mine.yaml"), "old")


def test_a_new_folder_with_something_of_others_stays(tmp_path: Path) -> None:
    before = files_of(tmp_path)
    (tmp_path / "out/deep/run").mkdir(parents=True)
    fail_after_writing(before, tmp_path / "out/deep/a.yaml")
    assert [path.name for path in (tmp_path / "out/deep").iterdir()] == ["run"]


def test_a_file_that_cannot_be_put_back_keeps_no_other_from_its_content(tmp_path: Path) -> None:
    folder = tmp_path / "out/deep"
    folder.mkdir(parents=True)
    (folder / "list.txt").write_text("old", encoding="utf-8")
    before = files_of(tmp_path)
    (folder / "list.txt").write_text("new", encoding="utf-8")
    before.renamed = folder / "taken away.yaml"
    before.restore()
    assert (folder / "list.txt").read_text(encoding="utf-8") == "old"


def test_what_was_trained_keeps_its_files(tmp_path: Path) -> None:
    fail_after_writing(files_of(tmp_path), tmp_path / "out/deep/a.yaml", unless=True)
    assert (tmp_path / "out/deep/a.yaml").read_text(encoding="utf-8") == "new"
