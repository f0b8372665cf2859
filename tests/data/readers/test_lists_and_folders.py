# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: List files and class folders: every mistake is reported with its line, and odd names work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ppclas_core.data import BadImage, open_source, read_label_list
from ppclas_core.errors import UserError, UserErrors


def open_list(folder: Path, text: str, **section: Any) -> Any:
    path = folder / "train.txt"
    path.write_bytes(text.encode("utf-8"))
    return open_source({"file_list": str(path), "data_dir": str(folder), **section},
                       where=lambda key: f"config.yaml:{key}")


def rows(source: Any) -> list[tuple[str, int]]:
    return [(source.name(index), source.label(index)) for index in range(len(source))]


def test_a_legacy_list_is_read_unchanged(tmp_path):
    source = open_list(tmp_path, "a/1.jpg 0\nb/2.jpg 11\n")
    assert rows(source) == [("a/1.jpg", 0), ("b/2.jpg", 11)]
    assert source.path(1) == str(tmp_path / "b" / "2.jpg")
    assert source.labels.dtype == np.int64
    assert source.num_classes == 12
    assert source.class_names is None


def test_spaces_in_paths_tabs_bom_blank_lines_and_windows_ends_are_fine(tmp_path):
    source = open_list(tmp_path, "\ufeffmy cat 1.jpg 3\r\n\r\n \nthe dog.jpg\t4\r\n图片.jpg  5")
    assert rows(source) == [("my cat 1.jpg", 3), ("the dog.jpg", 4), ("图片.jpg", 5)]


def test_a_delimiter_can_be_forced(tmp_path):
    assert rows(open_list(tmp_path, "a b,c.jpg,1\n", delimiter=",")) == [("a b,c.jpg", 1)]


def test_all_bad_lines_are_reported_at_once_with_their_numbers(tmp_path):
    with pytest.raises(UserErrors) as caught:
        open_list(tmp_path, "a.jpg 0\nalone.jpg\n\nb.jpg x\nc.jpg -1\nd.jpg 1.5\n")
    name = tmp_path / "train.txt"
    assert str(caught.value).splitlines() == [
        f'{name}:2: expected "<path> <label>", got 1 field',
        f'{name}:4: expected "<path> <label>", but the label \'x\' is not a whole number',
        f"{name}:5: label -1 is negative; labels start at 0",
        f'{name}:6: expected "<path> <label>", but the label \'1.5\' is not a whole number',
    ]


def test_a_list_with_another_delimiter_says_which(tmp_path):
    with pytest.raises(UserErrors, match="seems to be ','"):
        open_list(tmp_path, "a.jpg,0\nb.jpg,1\n")


def test_a_list_in_another_encoding_names_the_line(tmp_path):
    (tmp_path / "l.txt").write_bytes("a.jpg 0\n照片.jpg 1\n".encode("gbk"))
    with pytest.raises(UserError, match=r"l.txt:2: the list is not UTF-8"):
        open_source({"file_list": str(tmp_path / "l.txt")}, where=str)


def test_an_empty_list_is_an_error(tmp_path):
    with pytest.raises(UserError, match="holds no image"):
        open_list(tmp_path, "\n\n")


def test_missing_files_name_the_line_of_the_config(tmp_path):
    for section in ({"file_list": "nope.txt"}, {"data_dir": "nope"}, {}):
        with pytest.raises(UserError, match="config.yaml:7") as caught:
            open_source(section, where=lambda key: "config.yaml:7")
        assert caught.value.do


def test_without_data_dir_paths_start_at_the_list(tmp_path):
    (tmp_path / "l.txt").write_text("a.jpg 0\n", encoding="utf-8")
    assert open_source({"file_list": str(tmp_path / "l.txt")}, where=str).path(0) == str(tmp_path / "a.jpg")


def test_a_label_without_a_name_is_an_error(tmp_path):
    (tmp_path / "labels.txt").write_text("0 cat\n1 dog\n", encoding="utf-8")
    with pytest.raises(UserErrors, match=r"train.txt:2: label 2 has no name: the label list ends at 1"):
        open_list(tmp_path, "a.jpg 1\nb.jpg 2\n", label_list=str(tmp_path / "labels.txt"))


def test_a_file_that_is_missing_or_a_folder_is_a_bad_image(tmp_path):
    source = open_list(tmp_path, "gone.jpg 0\n. 0\n")
    for index in range(2):
        with pytest.raises(BadImage) as caught:
            source.read(index)
        assert caught.value.path == source.path(index)


def test_folders_are_classes_in_the_order_of_their_names(tmp_path):
    for name in ("b/2.jpg", "b/deep/1.PNG", "a/x.webp", "a/notes.txt", ".hidden/x.jpg", "empty/readme.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"data")
    source = open_source({"data_dir": str(tmp_path)}, where=str)
    assert source.class_names == ["a", "b", "empty"]
    assert rows(source) == [("a/x.webp", 0), ("b/2.jpg", 1), ("b/deep/1.PNG", 1)]
    assert source.num_classes == 3
    assert source.read(0) == b"data"


def test_folders_named_by_numbers_are_in_the_order_of_the_numbers(tmp_path):
    for name in ("10", "2", "1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.jpg").write_bytes(b"")
    assert open_source({"data_dir": str(tmp_path)}, where=str).class_names == ["1", "2", "10"]


def test_a_folder_without_classes_or_images_is_an_error(tmp_path):
    with pytest.raises(UserError, match="no sub-folder"):
        open_source({"data_dir": str(tmp_path)}, where=str)
    (tmp_path / "a").mkdir()
    with pytest.raises(UserError, match="no image"):
        open_source({"data_dir": str(tmp_path)}, where=str)


def test_names_in_a_label_list_may_hold_spaces_and_commas(tmp_path):
    path = tmp_path / "labels.txt"
    path.write_text("\ufeff1 great white shark, white shark\n\n0 tench\n", encoding="utf-8")
    assert read_label_list(path) == ["tench", "great white shark, white shark"]


@pytest.mark.parametrize(("text", "message"), [
    ("cat\ndog\n", r'1: expected "<id> <name>"'), ("0 cat\n0 dog\n", "2: id 0 is repeated"),
    ("1 cat\n2 dog\n", "0 is missing"), ("", "0 is missing"),
])
def test_a_wrong_label_list_says_what_is_wrong(tmp_path, text, message):
    (tmp_path / "labels.txt").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        read_label_list(str(tmp_path / "labels.txt"))


def test_a_long_list_takes_tens_of_bytes_per_image_not_hundreds(tmp_path):
    import tracemalloc

    count = 20000
    text = "".join(f"train/n01440764/n01440764_{index}.JPEG {index % 1000}\n" for index in range(count))
    tracemalloc.start()
    source = open_list(tmp_path, text)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(source) == count
    assert held < len(text) + 40 * count
