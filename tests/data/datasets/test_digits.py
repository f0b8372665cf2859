# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas data`: digits without a download, lists from a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ppclas_core.cli import main
from ppclas_core.data import open_source, read_label_list
from ppclas_core.data.datasets.digits import load_digits
from ppclas_core.data.datasets.split import stratified_split
from ppclas_core.data.transforms.decode import DecodeImage


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_digits_are_written_with_lists_that_the_loader_reads(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["data", "digits"]) == 0
    assert "1438 training and 359 validation" in capsys.readouterr().out
    folder = Path("dataset/digits")
    train, val = (open_source({"file_list": str(folder / f"{part}_list.txt"), "data_dir": str(folder)}, where=str)
                  for part in ("train", "val"))
    assert read_label_list(folder / "label_list.txt") == [str(digit) for digit in range(10)]
    assert not {train.name(i) for i in range(len(train))} & {val.name(i) for i in range(len(val))}
    share = np.bincount(val.labels) / (np.bincount(val.labels) + np.bincount(train.labels))
    assert share.shape == (10,)
    assert abs(share - 0.2).max() < 0.005
    image = DecodeImage()(train.read(0))
    assert image.shape == (32, 32, 3)
    assert (image[..., 0] == image[..., 2]).all()


def test_the_images_show_the_digits_of_their_folders(tmp_path):
    main(["data", "digits", str(tmp_path)])
    images, labels = load_digits()
    small = DecodeImage()((tmp_path / "images" / str(labels[100]) / "0100.png").read_bytes())[..., 0]
    small = small.reshape(8, 4, 8, 4).mean(axis=(1, 3))
    assert np.corrcoef(small.ravel(), images[100].ravel())[0, 1] > 0.95


def test_a_second_call_changes_nothing(tmp_path):
    main(["data", "digits", str(tmp_path)])
    first = contents(tmp_path)
    assert main(["data", "digits", str(tmp_path)]) == 0
    assert contents(tmp_path) == first


def make_classes(folder: Path) -> None:
    for name in ("cat", "dog house"):
        (folder / name).mkdir(parents=True)
        for index in range(10):
            (folder / name / f"{index}.jpg").write_bytes(b"x")


def test_lists_of_a_folder_divide_each_class(tmp_path, capsys):
    make_classes(tmp_path)
    assert main(["data", "lists", str(tmp_path), "--out", str(tmp_path), "--val", "0.3"]) == 0
    assert "classes_num: 2" in capsys.readouterr().out
    source = open_source({"file_list": str(tmp_path / "val_list.txt")}, where=str)
    assert np.bincount(source.labels).tolist() == [3, 3]
    assert Path(source.path(5)).is_file()
    assert read_label_list(tmp_path / "label_list.txt") == ["cat", "dog house"]


def test_lists_of_other_content_are_kept_unless_forced(tmp_path, capsys):
    make_classes(tmp_path)
    lists = ["data", "lists", str(tmp_path), "--out", str(tmp_path)]
    assert main(lists) == 0
    before = contents(tmp_path)
    assert main([*lists, "--val", "0.5"]) == 2
    assert "--force" in capsys.readouterr().err
    assert contents(tmp_path) == before
    assert main(["data", "lists", str(tmp_path), "--val", "0.5", "--out", str(tmp_path / "other")]) == 0
    assert main([*lists, "--val", "0.5", "--force"]) == 0
    assert contents(tmp_path)["val_list.txt"] == contents(tmp_path)["other/val_list.txt"]
    assert read_label_list(tmp_path / "label_list.txt") == ["cat", "dog house"]  # the folder of lists is no class


@pytest.mark.parametrize("arguments", [["--val", "1"], ["--val", "-0.1"]])
def test_a_fraction_out_of_range_is_refused(tmp_path, arguments, capsys):
    make_classes(tmp_path)
    assert main(["data", "lists", str(tmp_path), *arguments]) == 2
    assert "--val" in capsys.readouterr().err


def test_which_images_validate_depends_on_their_names_alone():
    paths = [f"{index}.jpg" for index in range(50)]
    first = {paths[i] for i in stratified_split(paths, [0] * 50, 0.2)[1]}
    turned = paths[::-1]
    assert first == {turned[i] for i in stratified_split(turned, [0] * 50, 0.2)[1]}
    assert len(first) == 10
    assert stratified_split(["a", "b"], [0, 0], 0.01)[1]  # even a small class is validated
    assert stratified_split(["a"], [0], 0.5) == ([0], [])
