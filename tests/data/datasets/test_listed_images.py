# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Data of a fine-tuning in one list or table: its split, its class names and the location of its images."""

from __future__ import annotations

from pathlib import Path

import pytest

from ppclas_core.data.datasets.finetune_data import finetune_data
from ppclas_core.errors import UserError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Working directory with photos/0.jpg to photos/9.jpg; their content is not read."""
    monkeypatch.chdir(tmp_path)
    Path("photos").mkdir()
    for index in range(10):
        Path(f"photos/{index}.jpg").write_bytes(b"x")
    return tmp_path


def table(header: str, *cells: str) -> Path:
    """Write data.csv with a row per photo: path, label in turn of `cells`."""
    rows = [f"photos/{index}.jpg,{cells[index % len(cells)]}" for index in range(10)]
    Path("data.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return Path("data.csv")


def lines(name: str) -> list:
    return Path("out", name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("header", ["path,label", "Image,Class", "file,label", "filename,class"])
def test_a_table_is_split_with_the_same_ratio_in_each_class(folder, header):
    data, notes = finetune_data(table(header, "cat", "dog"), Path("out"), 0.2)
    assert (data.images, data.valid_images, data.classes) == (8, 2, 2)
    assert data.train == {"file_list": "out/train_list.txt", "data_dir": "."}
    assert lines("label_list.txt") == ["0 cat", "1 dog"]
    assert not notes
    assert len(set(lines("train_list.txt") + lines("val_list.txt"))) == 10


def test_labels_of_a_table_are_names_also_if_they_are_numbers(folder):
    data, _ = finetune_data(table("path,label", "7", "30"), Path("out"), 0.2)
    assert data.classes == 2
    assert lines("label_list.txt") == ["0 7", "1 30"]


def test_a_column_of_splits_decides(folder):
    data, notes = finetune_data(table("path,label,split", "cat,train", "dog,train", "cat,val", "dog,Validation",
                                      "cat,test"), Path("out"), 0.2)
    assert (data.images, data.valid_images) == (4, 4)
    assert notes[0] == "the column of splits is used: train and val; not used: 2 rows of test"
    assert lines("val_list.txt") == ["photos/2.jpg 0", "photos/3.jpg 1", "photos/7.jpg 0", "photos/8.jpg 1"]


def test_the_test_rows_validate_if_there_are_no_others(folder):
    data, notes = finetune_data(table("path,label,split", "cat,train", "dog,train", "cat,test"), Path("out"), 0.2)
    assert (data.images, data.valid_images) == (7, 3)
    assert "train and test" in notes[0]


def test_a_column_of_splits_with_training_only_is_split_at_random(folder):
    data, _ = finetune_data(table("path,label,split", "cat,train", "dog,train"), Path("out"), 0.4)
    assert (data.images, data.valid_images) == (6, 4)


def test_a_list_is_split_and_takes_the_label_list_beside_it(folder):
    Path("photos/all.txt").write_text("".join(f"{index}.jpg {index % 2}\n" for index in range(10)), encoding="utf-8")
    data, _ = finetune_data(Path("photos/all.txt"), Path("out"), 0.2)
    assert (data.images, data.valid_images, data.label_list) == (8, 2, None)
    assert data.train["data_dir"] == "photos"
    assert not Path("out/label_list.txt").exists()
    Path("photos/label_list.txt").write_text("0 cat\n1 dog\n", encoding="utf-8")
    data, _ = finetune_data(Path("photos/all.txt"), Path("out"), 0.2)
    assert data.label_list == "out/label_list.txt"


def test_paths_are_relative_to_the_list_or_else_to_the_working_directory(folder):
    Path("lists").mkdir()
    text = "".join(f"photos/{index}.jpg {index % 2}\n" for index in range(10))
    Path("lists/all.txt").write_text(text, encoding="utf-8")
    data, _ = finetune_data(Path("lists/all.txt"), Path("out"), 0.2)
    assert data.train["data_dir"] == "."
    Path("lists/all.txt").write_text(text.replace("photos", "pohtos"), encoding="utf-8")
    with pytest.raises(UserError, match="no such image: pohtos/0.jpg"):
        finetune_data(Path("lists/all.txt"), Path("out"), 0.2)


def test_one_list_of_a_pair_means_the_pair(folder):
    for name in ("train_list.txt", "val_list.txt"):
        Path("photos", name).write_text("0.jpg 0\n1.jpg 1\n", encoding="utf-8")
    data, _ = finetune_data(Path("photos/train_list.txt"), Path("out"), 0.2)
    assert data.valid["file_list"] == "photos/val_list.txt"
    assert not Path("out").exists()


@pytest.mark.parametrize(("header", "cells", "text"), [
    ("path,label,split", ["cat,train", "dog,trian"], "data.csv:3: split is 'trian'; it must be train, val or test"),
    ("path,label,split", ["cat,val", "dog,test"], "no row of the table is for training"),
    ("path,colour", ["cat", "dog"], "the table has no column 'label'"),
    ("path,label", ["cat"], "the data has one class"),
])
def test_mistakes_in_a_table_are_reported_and_nothing_is_trained(folder, header, cells, text):
    with pytest.raises(UserError) as caught:
        finetune_data(table(header, *cells), Path("out"), 0.2)
    assert text in str(caught.value)


@pytest.mark.parametrize("out", ["photos", "photos/runs"])
def test_lists_are_never_written_among_the_images(folder, out):
    with pytest.raises(UserError, match="would be among the images"):
        finetune_data(table("path,label", "cat", "dog"), Path(out), 0.2)
    assert sorted(path.suffix for path in Path("photos").iterdir()) == [".jpg"] * 10
