# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Tables, tar files, caches, a fraction of the images, and classes of different size."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, Mapping

import numpy as np
import pytest

from ppclas_core.data import BadImage, Loader, build_pipeline, open_source
from ppclas_core.data.cache import Budget, RamCache, disk_cache
from ppclas_core.data.class_weights import balanced_weights
from ppclas_core.data.opencv import cv2
from ppclas_core.data.readers.source import Source
from ppclas_core.data.sampler import balanced_epoch
from ppclas_core.errors import UserError, UserErrors


def opened(**section: Any) -> Any:
    return open_source(section, where=lambda key: f"config.yaml:{key}")


def table(folder: Path, text: str, **section: Any) -> Any:
    (folder / "list.csv").write_text(text, encoding="utf-8")
    return opened(file_list=str(folder / "list.csv"), data_dir=str(folder), **section)


def test_a_table_is_read_by_the_names_of_its_columns(tmp_path):
    source = table(tmp_path, 'id,label,Path,split\n1,3,"a, b.jpg",x\n\n2,0,图.jpg,y\n', classes_num=4)
    assert [source.name(0), source.name(1)] == ["a, b.jpg", "图.jpg"]
    assert source.labels.tolist() == [3, 0]


def test_labels_of_a_table_can_be_names(tmp_path):
    source = table(tmp_path, "image,class\na.jpg,dog\nb.jpg,cat\nc.jpg,dog\n")
    assert (source.class_names, source.labels.tolist()) == (["cat", "dog"], [1, 0, 1])
    (tmp_path / "labels.txt").write_text("0 dog\n1 cat\n2 cow\n", encoding="utf-8")
    listed = table(tmp_path, "image,class\na.jpg,dog\nb.jpg,cat\n", label_list=str(tmp_path / "labels.txt"))
    assert (listed.class_names, listed.labels.tolist()) == (["dog", "cat", "cow"], [0, 1])
    with pytest.raises(UserError, match="label list lacks: horse"):
        table(tmp_path, "image,class\na.jpg,horse\n", label_list=str(tmp_path / "labels.txt"))


@pytest.mark.parametrize(("text", "message"), [
    ("a.jpg,0\n", r"list.csv:1: the table has no column 'path'; its columns: a.jpg, 0"),
    ("path,label\na.jpg\n", r"list.csv:2: the row lacks its path or label"),
    ("path,label\n", r"the table holds no image"),
])
def test_what_is_wrong_with_a_table_is_reported(tmp_path, text, message):
    with pytest.raises(UserError, match=message):
        table(tmp_path, text)


def write_tar(path: Path, members: Mapping[str, bytes]) -> None:
    with tarfile.open(path, "w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def test_tar_files_with_labels_beside_the_images(tmp_path):
    write_tar(tmp_path / "b.tar", {"x/3.jpg": b"three", "x/3.cls": b"7\n", "notes.txt": b"-"})
    write_tar(tmp_path / "a.tar", {"1.jpg": b"one", "1.cls": b"4", "2.png": b"two2", "2.cls": b"5"})
    source = opened(data_dir=str(tmp_path))
    assert [source.read(index) for index in range(3)] == [b"one", b"two2", b"three"]
    assert source.labels.tolist() == [4, 5, 7]
    assert source.path(2) == f"{tmp_path / 'b.tar'}:x/3.jpg"


def test_a_list_can_name_members_of_tar_files_in_its_own_order(tmp_path):
    write_tar(tmp_path / "a.tar", {"1.jpg": b"one", "2.jpg": b"two"})
    (tmp_path / "list.txt").write_text("2.jpg 9\n1.jpg 8\n", encoding="utf-8")
    source = opened(file_list=str(tmp_path / "list.txt"), data_dir=str(tmp_path))
    assert [source.read(0), source.read(1), source.labels.tolist()] == [b"two", b"one", [9, 8]]
    (tmp_path / "list.txt").write_text("2.jpg 9\n3.jpg 8\n", encoding="utf-8")
    with pytest.raises(UserErrors, match="3.jpg: no tar file has this member"):
        opened(file_list=str(tmp_path / "list.txt"), data_dir=str(tmp_path))


def test_what_is_wrong_with_a_tar_file_is_reported(tmp_path):
    write_tar(tmp_path / "a.tar", {"1.jpg": b"one"})
    with pytest.raises(UserErrors, match=r"a.tar:1.jpg: the image has no label"):
        opened(data_dir=str(tmp_path))
    (tmp_path / "a.tar").write_bytes(b"no tar file" * 100)
    with pytest.raises(UserError, match="cannot be read as an uncompressed tar file"):
        opened(data_dir=str(tmp_path))


def test_a_tar_file_that_became_shorter_is_a_bad_image_not_a_crash(tmp_path):
    write_tar(tmp_path / "a.tar", {"1.jpg": b"one", "1.cls": b"4"})
    source = opened(data_dir=str(tmp_path))
    (tmp_path / "a.tar").write_bytes(b"x" * 100)
    with pytest.raises(BadImage, match="beyond the end of its container"):
        source.read(0)


def files(folder: Path, count: int) -> Source:
    for index in range(count):
        (folder / f"{index}.jpg").write_bytes(bytes([index]) * 100)
    names = [f"{index}.jpg" for index in range(count)]
    return Source.from_paths(str(folder), names, [index // 4 for index in range(count)])


def test_at_most_some_images_are_spread_over_all_classes(tmp_path):
    source = files(tmp_path, 12)
    few = source.at_most(5)
    assert few.labels.tolist() == [0, 0, 1, 1, 2]
    assert [few.name(index) for index in range(5)] == ["0.jpg", "2.jpg", "4.jpg", "7.jpg", "9.jpg"]
    assert source.at_most(100) is source


def test_the_memory_cache_reads_each_file_once_and_keeps_its_limit(tmp_path):
    source = files(tmp_path, 8)
    cache = replace(source, storage=RamCache(source.storage, Budget(350)))
    first = [cache.read(index) for index in range(8)]
    for index in range(8):
        (tmp_path / f"{index}.jpg").write_bytes(b"new")
    assert [cache.read(index) == first[index] for index in range(8)] == [True] * 3 + [False] * 5
    assert len(cache) == 8
    assert cache.path(1) == source.path(1)


def test_the_disk_cache_keeps_copies_up_to_its_limit_and_knows_files_that_changed(tmp_path):
    (tmp_path / "data").mkdir()
    source = files(tmp_path / "data", 8)
    cache = replace(source, storage=disk_cache(source.storage, 350, tmp_path / "near"))
    first = [cache.read(index) for index in range(8)]
    assert len([path for path in (tmp_path / "near").iterdir() if path.name != "CACHEDIR.TAG"]) == 3
    assert [cache.read(index) for index in range(8)] == first
    later = replace(source, storage=disk_cache(source.storage, 350, tmp_path / "near"))  # earlier copies count
    later.read(7)
    assert len([path for path in (tmp_path / "near").iterdir() if path.name != "CACHEDIR.TAG"]) == 3
    (tmp_path / "data" / "0.jpg").write_bytes(b"another")
    assert later.read(0) == b"another"
    (tmp_path / "data" / "1.jpg").unlink()
    with pytest.raises(BadImage, match="no such file"):
        later.read(1)


def test_cache_keys_without_effect_are_refused(tmp_path):
    files(tmp_path, 1)
    (tmp_path / "list.txt").write_text("0.jpg 0\n", encoding="utf-8")
    section = {"file_list": str(tmp_path / "list.txt")}
    with pytest.raises(UserError, match="cache_dir has no effect"):
        opened(**section, cache_dir="x")
    with pytest.raises(UserError, match="needs a folder"):
        opened(**section, cache="disk")
    assert isinstance(opened(**section, cache="ram").storage, RamCache)


@pytest.mark.parametrize("kind", ["ram", "disk"])
def test_images_in_containers_are_not_cached_twice(tmp_path, kind):
    write_tar(tmp_path / "a.tar", {"1.jpg": b"one", "1.cls": b"4"})
    with pytest.raises(UserError, match="the images are in shards"):
        opened(data_dir=str(tmp_path), cache=kind, cache_dir="x" if kind == "disk" else None)


def test_class_weights_are_inverse_to_the_counts_and_average_to_one():
    labels = np.array([0] * 6 + [2] * 2)
    weights = np.array(balanced_weights(labels, 4))
    assert weights.tolist() == [8 / 12, 0.0, 2.0, 0.0]
    assert weights[labels].mean() == 1


def test_a_balanced_epoch_draws_each_class_equally_and_repeats_under_new_keys():
    labels = np.array([0] * 50 + [1] * 7 + [2] * 3)
    keys = balanced_epoch(labels, np.random.default_rng(0))
    assert len(keys) == len(set(keys.tolist())) == 60
    counts = np.bincount(labels[keys % 60])
    assert counts.tolist() == [20, 20, 20]
    repeats = np.bincount(keys % 60, minlength=60)
    assert repeats[:50].max() == 1
    assert set(repeats[50:57].tolist()) == {2, 3}
    other = balanced_epoch(labels, np.random.default_rng(1))
    assert set((other % 60)[labels[other % 60] == 0]) != set((keys % 60)[labels[keys % 60] == 0])


def test_a_balanced_loader_crops_each_repeat_in_its_own_way(tmp_path):
    image = np.random.default_rng(0).integers(0, 256, (40, 40, 3)).astype(np.uint8)
    for index in range(10):
        (tmp_path / f"{index}.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())
    source = Source.from_paths(str(tmp_path), [f"{index}.png" for index in range(10)], [0] + [1] * 9)
    ops = build_pipeline([{"DecodeImage": {}}, {"RandCropImage": {"size": 8}}, {"NormalizeImage": {}},
                          {"ToCHWImage": {}}])
    options: Dict[str, Any] = {"shuffle": True, "drop_last": False, "sampler": "balanced"}
    batches = [next(iter(Loader(source, ops, 10, num_workers=workers, **options).epoch(0))) for workers in (0, 2)]
    assert np.array_equal(batches[0].images, batches[1].images)
    assert sorted(batches[0].labels.tolist()) == [0] * 5 + [1] * 5
    repeated = batches[0].images[batches[0].indices == 0]
    assert len({crop.tobytes() for crop in repeated}) == 5
    with pytest.raises(UserError, match="evaluation takes every image once"):
        Loader(source, ops, 2, shuffle=False, drop_last=False, sampler="balanced")
