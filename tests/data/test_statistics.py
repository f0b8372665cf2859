# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas data stats`, and the lists of the layout of ImageNet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ppclas_core.cli import main
from ppclas_core.data import open_source, read_label_list
from ppclas_core.data.opencv import cv2
from ppclas_core.data.readers.open import open_source as opened
from ppclas_core.data.statistics import compute_statistics


def write_image(path: Path, height: int, width: int, value: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, np.full((height, width, 3), value, np.uint8))[1].tobytes())


def small_sets(folder: Path) -> None:
    for index in range(6):
        write_image(folder / f"{index}.jpg", 40 + index, 80, 20 * index)
    write_image(folder / "6.png", 10, 10, 7)
    (folder / "7.jpg").write_bytes((folder / "2.jpg").read_bytes())
    (folder / "8.jpg").write_bytes((folder / "3.jpg").read_bytes())
    (folder / "bad.jpg").write_bytes(b"no <image>")
    (folder / "train.txt").write_text("0.jpg 0\n1.jpg 0\n2.jpg 0\n3.jpg 0\n6.png 2\nbad.jpg 2\ngone.jpg 2\n8.jpg 3\n",
                                      encoding="utf-8")
    (folder / "val.txt").write_text("4.jpg 0\n5.jpg 2\n7.jpg 0\n", encoding="utf-8")


def test_sizes_balance_bad_files_and_duplicates_are_found(tmp_path):
    small_sets(tmp_path)
    sources = [(name, opened({"file_list": str(tmp_path / name)}, where=str)) for name in ("train.txt", "val.txt")]
    (train, val), groups = compute_statistics(sources, workers=2)
    assert (train.images, val.images) == (8, 3)
    assert train.classes.tolist() == [4, 0, 3, 1]
    assert train.kinds == {"JPEG": 5, "PNG": 1, "other": 1, "missing": 1}
    assert sorted(zip(train.widths.tolist(), train.heights.tolist())) == [(10, 10), (80, 40), (80, 41), (80, 42),
                                                                          (80, 43), (80, 43)]
    assert [Path(path).name for path, _ in train.bad] == ["bad.jpg", "gone.jpg"]
    crossing, contradicting = groups
    assert [path for _, path, _ in crossing.members] == ["2.jpg", "7.jpg"]
    assert (crossing.crosses, crossing.contradicts) == (True, False)
    assert [(path, label) for _, path, label in contradicting.members] == [("3.jpg", "0"), ("8.jpg", "3")]
    assert (contradicting.crosses, contradicting.contradicts) == (False, True)


def test_the_command_prints_a_table_and_writes_a_page(tmp_path, capsys):
    small_sets(tmp_path)
    page = tmp_path / "stats.html"
    assert main(["data", "stats", str(tmp_path / "train.txt"), str(tmp_path / "val.txt"), "--html", str(page)]) == 0
    out = capsys.readouterr().out
    assert "images per class        1 to 4, median 3; the largest is 4.0 x the smallest" in out
    assert "classes without images  1" in out
    assert "bad.jpg: not an image" in out
    assert ("2 groups of equal files; 1 lie in more than one set, so validation images are also training images; "
            "1 have diff") in out
    assert "2.jpg (0) = 7.jpg (0)  [in several sets]" in out
    text = page.read_text(encoding="utf-8")
    assert "no &lt;image&gt;" in text
    assert text.count('class="bar"') == 4 + 3


def test_quick_statistics_read_only_headers_and_end_markers(tmp_path, capsys):
    write_image(tmp_path / "a" / "1.jpg", 50, 70, 9)
    data = (tmp_path / "a" / "1.jpg").read_bytes()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.jpg").write_bytes(data[: len(data) - 40])
    no_tables = data.replace(b"\xff\xdb", b"\xff\xfe")  # those of quantization are comments
    (tmp_path / "b" / "3.jpg").write_bytes(no_tables)
    assert main(["data", "stats", str(tmp_path), "--quick"]) == 0
    assert "cannot be used          1 (1 cut off)" in capsys.readouterr().out
    assert main(["data", "stats", str(tmp_path)]) == 0
    assert "cannot be used          2 (1 cut off, 1 cannot be decoded)" in capsys.readouterr().out


def imagenet(folder: Path, flat: bool) -> None:
    for number, name in enumerate(("n02", "n01")):
        for index in range(3):
            write_image(folder / "train" / name / f"{name}_{index}.JPEG", 8, 8, number)
    for index, name in enumerate(("n01", "n02", "n02")):
        place = folder / "val" / (name if not flat else "") / f"ILSVRC2012_val_{index + 1:08d}.JPEG"
        write_image(place, 8, 8, index)


def labels_of(folder: Path) -> list[tuple[str, int]]:
    source = open_source({"file_list": str(folder / "val_list.txt"), "data_dir": str(folder)}, where=str)
    assert all(Path(source.path(index)).is_file() for index in range(len(source)))
    return [(Path(source.name(index)).stem[-1], source.label(index)) for index in range(len(source))]


def test_lists_of_imagenet_with_folders(tmp_path, capsys):
    imagenet(tmp_path, flat=False)
    assert main(["data", "lists", str(tmp_path), "--out", str(tmp_path)]) == 0
    assert "2 classes, 6 training and 3 validation images" in capsys.readouterr().out
    assert labels_of(tmp_path) == [("1", 0), ("2", 1), ("3", 1)]
    assert read_label_list(tmp_path / "label_list.txt") == ["n01", "n02"]
    assert main(["data", "lists", str(tmp_path), "--out", str(tmp_path), "--val", "0.3"]) == 2
    assert "--val has no effect" in capsys.readouterr().err


@pytest.mark.parametrize("file", ["LOC_val_solution.csv", "imagenet_2012_validation_synset_labels.txt"])
def test_lists_of_imagenet_with_flat_validation_images(tmp_path, file, capsys):
    imagenet(tmp_path, flat=True)
    assert main(["data", "lists", str(tmp_path), "--out", str(tmp_path)]) == 2
    assert "LOC_val_solution.csv" in capsys.readouterr().err
    text = "n01\nn02\nn02\n" if file.endswith(".txt") else (
        "ImageId,PredictionString\nILSVRC2012_val_00000003,n02 1 2 3 4 n02 5 6 7 8 \n"
        "ILSVRC2012_val_00000001,n01 1 2 3 4\nILSVRC2012_val_00000002,n02 1 2 3 4\n")
    (tmp_path / file).write_text(text, encoding="utf-8")
    (tmp_path / "LOC_synset_mapping.txt").write_text("n01 tench, Tinca tinca\nn02 goldfish\n", encoding="utf-8")
    assert main(["data", "lists", str(tmp_path), "--out", str(tmp_path)]) == 0
    assert labels_of(tmp_path) == [("1", 0), ("2", 1), ("3", 1)]
    assert read_label_list(tmp_path / "label_list.txt") == ["tench, Tinca tinca", "goldfish"]


def test_statistics_leave_out_a_split_without_class_folders(tmp_path, capsys):
    imagenet(tmp_path, flat=True)
    assert main(["data", "stats", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    assert f"{tmp_path / 'train'}\n  images                  6" in captured.out
    assert f"{tmp_path / 'val'} has no class folders and is left out" in captured.err


def test_a_class_that_training_does_not_have_is_reported(tmp_path, capsys):
    imagenet(tmp_path, flat=False)
    write_image(tmp_path / "val" / "n03" / "x.JPEG", 8, 8, 0)
    assert main(["data", "lists", str(tmp_path), "--out", str(tmp_path)]) == 2
    assert "the validation images have classes that the training images lack: n03" in capsys.readouterr().err


def test_equal_images_of_two_sets_are_compared_by_the_names_of_their_classes(tmp_path):
    for path, value in (("train/ant/1.png", 1), ("train/bee/2.png", 2), ("train/cat/3.png", 3),
                        ("val/bee/2.png", 2), ("val/cat/4.png", 1)):
        write_image(tmp_path / path, 4, 4, value)
    sources = [(name, opened({"data_dir": str(tmp_path / name)}, where=str)) for name in ("train", "val")]
    _, groups = compute_statistics(sources, workers=1)
    found = {group.members[0][1]: (group.contradicts, [label for _, _, label in group.members]) for group in groups}
    assert found == {"bee/2.png": (False, ["bee", "bee"]), "ant/1.png": (True, ["ant", "cat"])}


def test_commands_take_the_meaning_of_the_labels_of_a_table(tmp_path, capsys):
    write_image(tmp_path / "1.png", 4, 4, 1)
    (tmp_path / "codes.csv").write_text("path,label\n1.png,4006381333931\n1.png,100905\n", encoding="utf-8")
    for command in (["data", "stats", str(tmp_path / "codes.csv")], ["repack", str(tmp_path / "codes.csv"), "out"]):
        assert main(command) == 2
        assert "labels: names takes each as a class name" in capsys.readouterr().err
    assert main(["data", "stats", str(tmp_path / "codes.csv"), "--labels", "names"]) == 0
    assert "largest classes         4006381333931 1, 100905 1" in capsys.readouterr().out
    out = str(tmp_path / "out")
    assert main(["repack", str(tmp_path / "codes.csv"), out, "--labels", "names", "--tar"]) == 0
    assert opened({"data_dir": out}, where=str).class_names == ["100905", "4006381333931"]
    capsys.readouterr()
    (tmp_path / "list.txt").write_text("1.png 0\n", encoding="utf-8")
    for command in (["data", "stats", str(tmp_path / "list.txt")], ["repack", str(tmp_path / "list.txt"), out]):
        assert main([*command, "--labels", "names"]) == 2
        assert "--labels has no effect" in capsys.readouterr().err
