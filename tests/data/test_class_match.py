# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Classes are matched by name; if names are not enough, the message shows both sides."""

from __future__ import annotations

import io
import tarfile
import unicodedata
from pathlib import Path
from typing import Any, Collection, List, Optional, Sequence

import numpy as np
import pytest

from ppclas_core.data import open_source
from ppclas_core.data.class_match import ClassNames, UnknownClasses, in_class_order, match_classes, model_class_names
from ppclas_core.data.opencv import cv2
from ppclas_core.data.readers.open import config_section
from ppclas_core.data.readers.source import Source
from ppclas_core.data.repacking.image import Options
from ppclas_core.data.repacking.repack import repack
from ppclas_core.errors import UserError

KNOWN = ClassNames(["cat", "dog", "owl"], "the checkpoint")
PNG = cv2.imencode(".png", np.zeros((4, 4, 3), np.uint8))[1].tobytes()


def opened(known: Optional[ClassNames] = None, **section: Any) -> Source:
    source: Source = open_source(section, where=lambda key: f"config.yaml:{key}", known=known, what="VALID")
    return source


def matched(known: ClassNames, names: Sequence[str], used: Collection[int]) -> Optional[List[int]]:
    """Return the indices that `match_classes` finds, as a list."""
    found = match_classes(known, names, used)
    return None if found is None else found.tolist()


def folders(root: Path, *names: str) -> str:
    for name in names:
        (root / name).mkdir(parents=True)
        (root / name / "1.png").write_bytes(PNG)
    return str(root)


def table(folder: Path, *labels: str) -> str:
    file = folder / "list.csv"
    lines = [f"{index}.png,{label}\n" for index, label in enumerate(labels)]
    file.write_text("".join(["path,label\n", *lines]), encoding="utf-8")
    return str(file)


def label_list(folder: Path, *names: str) -> str:
    file = folder / "labels.txt"
    file.write_text("".join(f"{index} {name}\n" for index, name in enumerate(names)), encoding="utf-8")
    return str(file)


def test_a_class_missing_in_the_data_is_matched_by_name(tmp_path):
    source = opened(KNOWN, data_dir=folders(tmp_path, "owl", "cat"))
    assert (source.labels.tolist(), source.class_names) == ([0, 2], ["cat", "dog", "owl"])


def test_an_unknown_class_is_refused_with_both_sides(tmp_path):
    with pytest.raises(UnknownClasses) as caught:
        opened(KNOWN, data_dir=folders(tmp_path, "cat", "Owl", "eel"))
    text = str(caught.value)
    assert "VALID has 2 classes that the checkpoint does not have: 'Owl', 'eel'. Did you mean 'owl'?" in text
    assert "the checkpoint: 3 classes: 'cat', 'dog', 'owl'" in text
    assert "VALID: 3 classes: 'Owl', 'cat', 'eel'" in text


def test_an_unknown_class_without_images_does_no_harm(tmp_path):
    (tmp_path / "eel").mkdir()
    assert opened(KNOWN, data_dir=folders(tmp_path, "dog")).labels.tolist() == [1]


def test_a_name_cannot_write_to_the_terminal():
    with pytest.raises(UnknownClasses, match=r"'eel\\x1b\[31m'"):
        match_classes(KNOWN, ["eel\x1b[31m"], [0])


def test_long_lists_of_classes_are_shown_in_part():
    with pytest.raises(UnknownClasses, match=r"has 1000 classes .*'7' and 992 more\.") as caught:
        match_classes(KNOWN, [str(index) for index in range(1000)], range(1000))
    assert len(str(caught.value)) < 700


@pytest.mark.parametrize(("form", "other"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_name_that_macos_wrote_decomposed_is_the_same_name(form, other):
    known = ClassNames(["tea", unicodedata.normalize(form, "café")], "TRAIN")
    assert matched(known, [unicodedata.normalize(other, "café")], [0]) == [1]


def test_a_repeated_name_identifies_no_class_unless_both_sides_agree():
    cranes = ClassNames(["crane", "dog", "crane"], "the checkpoint")
    assert matched(cranes, ["crane", "dog", "crane"], [0, 1, 2]) == [0, 1, 2]
    assert matched(cranes, ["crane", "dog", "crane", "eel"], [0, 1, 2]) == [0, 1, 2, -1]
    assert matched(cranes, ["dog", "crane"], [0]) == [1, -1]
    with pytest.raises(UserError, match="'crane' occurs twice"):
        match_classes(cranes, ["dog", "crane"], [0, 1])


@pytest.mark.parametrize(("names", "found", "wanted"), [
    (["0", "1", "2"], ["cat", "dog"], None), (["0", "1", "2"], ["2", "0"], [2, 0]), (["1", "2"], ["2", "1"], [1, 0]),
])
def test_numbers_instead_of_names_are_matched_as_indices(names, found, wanted):
    known = model_class_names(names, "the checkpoint")
    assert known is not None
    assert matched(known, found, range(len(found))) == wanted


def test_a_model_without_names_leaves_the_data_as_it_is(tmp_path):
    assert model_class_names([], "the checkpoint") is None
    source = opened(model_class_names(["0", "1"], "the checkpoint"), data_dir=folders(tmp_path, "cat", "dog"))
    assert (source.labels.tolist(), source.class_names) == ([0, 1], ["cat", "dog"])


def test_tables_and_lists_with_a_label_list_are_matched_by_name(tmp_path):
    assert opened(KNOWN, file_list=table(tmp_path, "owl", "cat", "owl")).labels.tolist() == [2, 0, 2]
    (tmp_path / "list.txt").write_text("a.png 0\nb.png 1\n", encoding="utf-8")
    names = label_list(tmp_path, "owl", "dog")
    assert opened(KNOWN, file_list=str(tmp_path / "list.txt"), label_list=names).labels.tolist() == [2, 1]
    with pytest.raises(UnknownClasses, match="'eel'"):
        opened(KNOWN, file_list=table(tmp_path, "owl", "eel"))


def test_a_list_without_names_keeps_its_indices(tmp_path):
    (tmp_path / "list.txt").write_text("a.png 1\nb.png 0\n", encoding="utf-8")
    source = opened(KNOWN, file_list=str(tmp_path / "list.txt"))
    assert (source.labels.tolist(), source.class_names) == ([1, 0], None)


def test_label_sets_are_matched_by_name_and_stay_in_order(tmp_path):
    source = opened(KNOWN, file_list=table(tmp_path, "owl;cat", "-", "dog;owl"), multilabel=True)
    assert [source.label_text(index) for index in range(3)] == ["0,2", "-", "1,2"]
    names = label_list(tmp_path, "owl", "dog", "cat")
    listed = opened(KNOWN, file_list=table(tmp_path, "owl;cat", "-"), multilabel=True, label_list=names)
    assert [listed.label_text(index) for index in range(2)] == ["0,2", "-"]


def test_repacked_shards_and_tars_are_matched_by_name(tmp_path):
    repack(opened(data_dir=folders(tmp_path / "data", "owl", "cat")), tmp_path / "out", Options(None, 0, 95), workers=1)
    assert opened(KNOWN, data_dir=str(tmp_path / "out")).labels.tolist() == [0, 2]
    (tmp_path / "tars").mkdir()
    with tarfile.open(tmp_path / "tars" / "a.tar", "w") as archive:
        for name, data in (("1.png", PNG), ("1.cls", b"1")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    names = label_list(tmp_path, "dog", "owl")
    assert opened(KNOWN, data_dir=str(tmp_path / "tars"), label_list=names).labels.tolist() == [2]
    with pytest.raises(UserError, match="label 1 of VALID has no name: there are 1 class names"):
        opened(KNOWN, data_dir=str(tmp_path / "tars"), label_list=label_list(tmp_path, "dog"))


def test_the_order_of_a_label_list_decides_over_that_of_folders_and_shards(tmp_path):
    names = label_list(tmp_path, "owl", "dog", "cat")
    source = opened(data_dir=folders(tmp_path / "data", "owl", "cat"), label_list=names)
    assert (source.labels.tolist(), source.class_names) == ([2, 0], ["owl", "dog", "cat"])
    repack(opened(data_dir=str(tmp_path / "data")), tmp_path / "out", Options(None, 0, 95), workers=1)
    shards = opened(data_dir=str(tmp_path / "out"), label_list=names)
    assert (shards.labels.tolist(), shards.class_names) == ([2, 0], ["owl", "dog", "cat"])


def test_a_folder_that_the_label_list_lacks_is_refused(tmp_path):
    with pytest.raises(UnknownClasses, match=r"config.yaml:label_list: .*does not have: 'eel'"):
        opened(data_dir=folders(tmp_path / "data", "cat", "eel"), label_list=label_list(tmp_path, "cat", "dog"))


def test_a_name_twice_in_a_label_list_is_refused_where_it_must_decide(tmp_path):
    names = label_list(tmp_path, "crane", "dog", "crane")
    with pytest.raises(UserError, match=r"has the name 'crane' more than once, for classes 0, 2"):
        opened(file_list=table(tmp_path, "dog", "crane"), label_list=names)
    assert opened(file_list=table(tmp_path, "dog", "dog"), label_list=names).labels.tolist() == [1, 1]
    with pytest.raises(UserError, match="'crane' occurs twice"):
        opened(data_dir=folders(tmp_path / "data", "crane", "dog"), label_list=names)


@pytest.mark.parametrize(("names", "wanted"), [
    (["b", "a", "10", "9"], ["10", "9", "a", "b"]),
    (["9" * 5000, "10", "2", "0"], ["0", "2", "10", "9" * 5000]),
    (["10", "9", "07"], ["07", "9", "10"]), (["²", "1"], ["1", "²"]),
])
def test_class_order_is_by_number_where_all_are_numbers(names: Sequence[str], wanted: Sequence[str]) -> None:
    assert in_class_order(names) == wanted


@pytest.mark.parametrize(("labels", "classes", "wanted"), [
    (["1", "0", "2"], None, [1, 0, 2]), (["3", "0"], 4, [3, 0]), (["02", "00", "01"], None, [2, 0, 1]),
])
def test_digits_that_can_be_indices_are_indices(tmp_path, labels, classes, wanted):
    source = opened(file_list=table(tmp_path, *labels), classes_num=classes)
    assert (source.labels.tolist(), source.class_names) == (wanted, None)


@pytest.mark.parametrize(("labels", "classes", "message"), [
    (["100905", "100907"], None, r"are 2 different numbers that are not 0 to 1: '100905', '100907'"),
    (["1", "2"], None, r"not 0 to 1: '1', '2'"),
    (["4006381333931", "4006381333948"], 2, r"not below 2, the number of classes: '4006381333931'"),
    (["1.0", "10.0", "2.0"], None, r"not all are indices of classes: '1.0', '10.0', '2.0'"),
    (["0", "9" * 5000], None, r"not all are indices of classes: '9{40}'"),
    (["0", "²"], None, r"not all are indices of classes: '²'"), (["0", "-1"], None, r"not all are indices"),
    (["7", "07"], 10, r"same number but different texts: '7' and '07'"),
])
def test_numbers_that_are_no_indices_ask_for_the_key_labels(tmp_path, labels, classes, message):
    with pytest.raises(UserError, match=message) as caught:
        opened(file_list=table(tmp_path, *labels), classes_num=classes)
    assert all(key in str(caught.value) for key in ("labels: names", "labels: indices"))


def test_the_key_labels_defines_the_meaning_of_numbers(tmp_path):
    codes = table(tmp_path, "4006381333948", "007", "4006381333948")
    named = opened(file_list=codes, labels="names")
    assert (named.labels.tolist(), named.class_names) == ([1, 0, 1], ["007", "4006381333948"])
    assert opened(file_list=table(tmp_path, "1.0", "10.0", "2"), labels="indices").labels.tolist() == [1, 10, 2]
    with pytest.raises(UserError, match="labels must be indices, but '²' is not an index"):
        opened(file_list=table(tmp_path, "²", "1"), labels="indices")
    with pytest.raises(UserError, match="labels must be indices, but '9{40}' is not an index"):
        opened(file_list=table(tmp_path, "9" * 5000, "1"), labels="indices")
    with pytest.raises(UserError, match="label 4006381333948 is too high for a class index"):
        opened(file_list=table(tmp_path, "4006381333948"), labels="indices")


def test_digits_that_are_names_and_also_other_indices_are_refused(tmp_path):
    known = ClassNames(["1", "2", "3"], "TRAIN")
    with pytest.raises(UserError, match="class names, and also indices of other classes: '1' is the name of class 0"):
        opened(known, file_list=table(tmp_path, "1", "2"))
    assert opened(known, file_list=table(tmp_path, "1", "3")).labels.tolist() == [0, 2]
    assert opened(known, file_list=table(tmp_path, "1", "2"), labels="names").labels.tolist() == [0, 1]
    assert opened(known, file_list=table(tmp_path, "0", "2")).labels.tolist() == [0, 2]


def test_tables_of_valid_are_read_as_those_of_train():
    config = {"TRAIN": {"labels": "names"}, "VALID": {"labels": "auto"}, "classes_num": 3, "label_list": None}
    assert [config_section(config, name)["labels"] for name in ("TRAIN", "VALID")] == ["names", "names"]
    assert config_section({**config, "VALID": {"labels": "indices"}}, "VALID")["labels"] == "indices"
    assert config_section({**config, "classes_num": "auto"}, "VALID")["classes_num"] is None


@pytest.mark.parametrize("digit", ["²", "٣", pytest.param("9" * 5000, id="5000 digits")])
def test_ids_of_a_label_list_are_ascii_digits(tmp_path, digit):
    (tmp_path / "labels.txt").write_text(f"0 cat\n{digit} dog\n", encoding="utf-8")
    with pytest.raises(UserError, match=r'labels.txt:2: expected "<id> <name>"'):
        opened(data_dir=folders(tmp_path / "data", "cat"), label_list=str(tmp_path / "labels.txt"))
