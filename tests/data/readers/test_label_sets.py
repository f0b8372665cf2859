# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Lists, tables, tar files and shards of multi-label images."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any, List

import numpy as np
import pytest

from ppclas_core.data import Loader, build_pipeline, open_source
from ppclas_core.data.class_weights import positive_weights
from ppclas_core.data.readers.label_sets import LabelSets
from ppclas_core.errors import UserError, UserErrors

ROWS = [(0,), (1, 2), (), (0, 2, 11)]


def opened(**section: Any) -> Any:
    return open_source({"multilabel": True, **section}, where=lambda key: f"config.yaml:{key}")


def rows_of(source: Any) -> List[Any]:
    return [source.labels.row(index) for index in range(len(source))]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Four images of 8x8 pixels and their list."""
    import cv2

    for index in range(4):
        cv2.imencode(".png", np.full((8, 8, 3), 60 * index, np.uint8))[1].tofile(str(tmp_path / f"{index}.png"))
    (tmp_path / "list.txt").write_text("0.png 0\n1.png 2,1\n2.png -\n3.png 0,2,11\n", encoding="utf-8")
    return tmp_path


def test_a_list_gives_each_image_its_labels_in_order(photos: Path) -> None:
    source = opened(file_list=str(photos / "list.txt"))
    assert rows_of(source) == ROWS
    assert source.multilabel
    assert source.num_classes == 12
    assert [source.label_text(index) for index in range(4)] == ["0", "1,2", "-", "0,2,11"]
    assert source.images_per_class(12).tolist() == [2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    with pytest.raises(UserError, match="several labels each"):
        source.label(1)


def test_targets_are_multi_hot(photos: Path) -> None:
    hot = opened(file_list=str(photos / "list.txt")).labels.hot(12)
    assert (hot.dtype, hot.shape) == (np.float32, (4, 12))
    assert [tuple(np.flatnonzero(row)) for row in hot] == ROWS
    assert set(hot.ravel()) == {0, 1}


def test_a_part_of_the_images_keeps_its_own_labels() -> None:
    labels = LabelSets.from_rows(ROWS)[np.array([3, 2, 0, 3])]
    assert [labels.row(index) for index in range(4)] == [ROWS[3], ROWS[2], ROWS[0], ROWS[3]]
    assert labels.flat().tolist() == [0, 2, 11, 0, 0, 2, 11]
    assert (labels.min(), labels.max()) == (0, 11)
    assert LabelSets.from_rows([(), ()]).max() == -1


@pytest.mark.parametrize(("line", "words"), [
    ("a.png 1,1", "a label occurs twice in '1,1'"),
    ("a.png 1, 2", "there is a blank between the labels"),
    ("a.png 1,-2", "label -2 is negative"),
    ("a.png 1,x", "the labels are '1,x'"),
    ("a.png", "got 1 field"),
])
def test_a_wrong_line_is_reported_with_its_number(tmp_path: Path, line: str, words: str) -> None:
    (tmp_path / "list.txt").write_text(f"0.png 0,1\n{line}\n", encoding="utf-8")
    with pytest.raises(UserErrors, match=rf"list\.txt:2: .*{words}"):
        opened(file_list=str(tmp_path / "list.txt"))


def test_a_label_without_a_name_is_reported(photos: Path) -> None:
    (photos / "labels.txt").write_text("0 cat\n1 dog\n2 hat\n", encoding="utf-8")
    with pytest.raises(UserErrors, match=r"list\.txt:4: label 11 has no name"):
        opened(file_list=str(photos / "list.txt"), label_list=str(photos / "labels.txt"))


def test_a_tab_lets_blanks_stand_between_labels(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("my cat.png\t4, 1\n", encoding="utf-8")
    source = opened(file_list=str(tmp_path / "list.txt"))
    assert (source.name(0), rows_of(source)) == ("my cat.png", [(1, 4)])


def test_a_comma_cannot_separate_path_and_labels(photos: Path) -> None:
    with pytest.raises(UserError, match="a comma cannot separate"):
        opened(file_list=str(photos / "list.txt"), delimiter=",")


def test_the_error_for_a_label_set_names_the_key_that_allows_it(photos: Path) -> None:
    with pytest.raises(UserErrors, match="task: multilabel"):
        open_source({"file_list": str(photos / "list.txt")}, where=str)


def test_a_table_takes_names_with_semicolons_or_commas(tmp_path: Path) -> None:
    table = 'path,labels\na.png,dog;cat\nb.png,"hat,dog"\nc.png,-\nd.png,cat,hat\ne.png,hat;\n'
    (tmp_path / "t.csv").write_text(table, encoding="utf-8")
    source = opened(file_list=str(tmp_path / "t.csv"))
    assert source.class_names == ["cat", "dog", "hat"]
    assert rows_of(source) == [(0, 1), (1, 2), (), (0, 2), (2,)]


@pytest.mark.parametrize(("table", "words"), [
    ("path,label\na.png,\n", "t.csv:2: the row lacks its path or label"),
    ("path,label\na.png,1;;2\n", "t.csv:2: a label is missing"),
    ("path,label\na.png,1;1\n", "t.csv:2: a label occurs twice"),
    ("label,path\n1,2,a.png\n", "t.csv:2: the row has 3 cells, the header 2"),
])
def test_a_wrong_row_of_a_table_is_reported(tmp_path: Path, table: str, words: str) -> None:
    (tmp_path / "t.csv").write_text(table, encoding="utf-8")
    with pytest.raises(UserErrors, match=words):
        opened(file_list=str(tmp_path / "t.csv"))


def test_tar_files_carry_labels_or_take_them_from_a_list(photos: Path, tmp_path_factory: Any) -> None:
    out = tmp_path_factory.mktemp("tar")
    with tarfile.open(out / "a.tar", "w") as archive:
        for index, text in enumerate(("0", "2,1", "-", "0,2,11")):
            archive.add(photos / f"{index}.png", f"{index}.png")
            (photos / "x.cls").write_text(text, encoding="utf-8")
            archive.add(photos / "x.cls", f"{index}.cls")
    assert rows_of(opened(data_dir=str(out))) == ROWS
    (out / "some.txt").write_text("3.png 5\n1.png 0,7\n", encoding="utf-8")
    assert rows_of(opened(data_dir=str(out), file_list=str(out / "some.txt"))) == [(5,), (0, 7)]
    with pytest.raises(UserError, match="not a whole number"):
        open_source({"data_dir": str(out)}, where=str)


@pytest.mark.parametrize("tar", [False, True])
def test_repacked_shards_keep_all_labels(photos: Path, tmp_path_factory: Any, tar: bool) -> None:
    from ppclas_core.data.repacking.image import Options
    from ppclas_core.data.repacking.repack import repack

    out = tmp_path_factory.mktemp("shards") / "out"
    repack(opened(file_list=str(photos / "list.txt")), out, Options(), tar=tar, per_shard=3)
    source = opened(data_dir=str(out))
    assert rows_of(source) == ROWS
    assert source.read(3) == (photos / "3.png").read_bytes()
    with pytest.raises(UserError, match="repacked as multi-label data"):
        open_source({"data_dir": str(out)}, where=str)


def test_class_folders_hold_no_label_sets(photos: Path) -> None:
    with pytest.raises(UserError, match="needs a list"):
        opened(data_dir=str(photos.parent))


def loader(photos: Path, **options: Any) -> Loader:
    pipeline = build_pipeline([{"DecodeImage": {}}, {"NormalizeImage": {"order": ""}}, {"ToCHWImage": None}])
    return Loader(opened(file_list=str(photos / "list.txt")), pipeline, 4, shuffle=True, drop_last=False,
                  **{"num_classes": 12, "num_workers": 0, **options})


def test_batches_hold_the_labels_of_their_own_images(photos: Path) -> None:
    (batch,) = loader(photos).epoch(0)
    assert batch.labels.dtype == np.float32
    assert [tuple(np.flatnonzero(row)) for row in batch.labels] == [ROWS[index] for index in batch.indices]
    assert np.array_equal(batch.probabilities(12), batch.labels)


def test_a_mixed_batch_has_the_labels_of_both_images(photos: Path) -> None:
    def halves(images: np.ndarray, labels: np.ndarray, rng: Any) -> Any:
        return (images + images[::-1]) / 2, (labels, labels[::-1], 0.5)

    (batch,) = loader(photos, mix=[halves]).epoch(0)
    assert batch.mixed is not None
    first, second, lam = batch.mixed
    assert np.array_equal(first, batch.labels)
    assert np.array_equal(second, batch.labels[::-1])
    assert np.array_equal(batch.probabilities(12), (batch.labels + batch.labels[::-1]) / 2)
    assert lam == 0.5


def test_a_loader_needs_the_width_and_no_balance(photos: Path) -> None:
    with pytest.raises(UserError, match="num_classes"):
        loader(photos, num_classes=None)
    with pytest.raises(UserError, match="no single class"):
        loader(photos, sampler="balanced")


def test_positive_weights_are_the_odds_against_a_class() -> None:
    assert positive_weights(np.array([2, 8, 0, 10]), 10) == [4.0, 0.25, 1.0, 1.0]


def test_stats_count_an_image_in_each_of_its_classes(photos: Path, ppclas_project: Any) -> None:
    done = ppclas_project().run("data", "stats", str(photos / "list.txt"), "--multilabel")
    done.succeeded()
    assert "labels per image        0 to 3, mean 1.50" in done.out
    assert "images without label    1" in done.out
    assert "largest classes         11 1" not in done.out
    assert "0 2" in done.out


def test_repack_has_the_option_too(photos: Path, ppclas_project: Any) -> None:
    project = ppclas_project()
    project.run("repack", str(photos / "list.txt"), "out", "--multilabel").succeeded()
    assert rows_of(opened(data_dir=str(project.folder / "out"))) == ROWS
