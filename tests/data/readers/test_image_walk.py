# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""One search finds the images of folders for every command; skipped files are counted and shown."""

from __future__ import annotations

import os
import socket
import tarfile
import tempfile
from pathlib import Path

import numpy as np
import pytest

from ppclas_core.cli import main
from ppclas_core.data import BadImage, DecodeImage, open_source
from ppclas_core.data.decoding.image_kinds import IMAGE_SUFFIXES, ending_for, is_decoded, kind_of_bytes, kind_of_ending
from ppclas_core.data.opencv import cv2
from ppclas_core.data.readers.image_splits import find_splits
from ppclas_core.data.readers.image_walk import LeftOut, image_paths
from ppclas_core.errors import UserError
from ppclas_core.predict import find_images
from ppclas_core.predict.images import encoded


def put(folder: Path, *names: str, data: bytes = b"data") -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def walk(folder: Path) -> tuple[list[str], str]:
    left = LeftOut()
    return image_paths(str(folder), left), left.text()


ONE_PIXEL_GIF = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0\x3b"


def jpeg() -> bytes:
    return bytes(cv2.imencode(".jpg", np.full((8, 8, 3), 99, np.uint8))[1].tobytes())


def rows(source) -> list[tuple[str, int]]:
    return [(source.name(index), source.label(index)) for index in range(len(source))]


@pytest.mark.parametrize("ending", [each for each in IMAGE_SUFFIXES if each not in (".jp2", ".pxm", ".jif", ".jfi")])
def test_every_ending_that_counts_belongs_to_a_kind_that_is_decoded(ending, tmp_path):
    kind = kind_of_ending(ending)
    assert kind is not None
    writable = {"JPEG": ".jpg", "PNG": ".png"}.get(kind, ending)
    pixels = np.full((8, 8) if ending in (".pgm", ".pbm") else (8, 8, 3), 200, np.uint8)
    if not is_decoded(kind):
        with pytest.raises(cv2.error):
            cv2.imencode(writable, pixels)
        return
    data = ONE_PIXEL_GIF if ending == ".gif" else cv2.imencode(writable, pixels)[1].tobytes()
    assert DecodeImage()(data).dtype == np.uint8
    put(tmp_path, f"x{ending.upper()}", data=data)
    assert walk(tmp_path) == ([f"x{ending.upper()}"], "")
    if kind_of_ending(ending) not in ("netpbm", "Sun raster"):
        assert kind_of_bytes(data[:32]) == kind_of_ending(ending)
        assert kind_of_ending(ending_for(data)) == kind_of_ending(ending)


def test_first_bytes_decide_on_unknown_endings_only(tmp_path):
    put(tmp_path, "noending", "p.HEIC", "x.unknown", data=jpeg())
    put(tmp_path, "real.heic", data=b"\0\0\0\x18ftypheic" + bytes(20))
    put(tmp_path, "a.txt", "b.txt", "c.weird", "raw.nef", "wrong.jpg", data=b"II*\0 no image")
    found, left = walk(tmp_path)
    assert found == ["c.weird", "noending", "p.HEIC", "wrong.jpg", "x.unknown"]
    assert left == "files that are no images: 2 (.txt 2); images that OpenCV does not decode here: 2 " \
                   "(camera raw .nef, HEIF .heic)"


def test_a_kind_that_this_opencv_lacks_is_left_out_and_named(tmp_path, monkeypatch):
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: "    WEBP:     NO\n    TIFF:   build (ver 42)\n")
    is_decoded.cache_clear()
    try:
        put(tmp_path, "a.webp", "b.tif", "c.avif", "d.gif")  # GIF is decoded without OpenCV
        left = "images that OpenCV does not decode here: 2 (WebP .webp, AVIF .avif)"
        assert walk(tmp_path) == (["b.tif", "d.gif"], left)
    finally:
        is_decoded.cache_clear()


def test_hidden_and_system_files_are_skipped_and_counted(tmp_path):
    put(tmp_path, "1.jpg", "._1.jpg", ".DS_Store", "Thumbs.db", "@eaDir/1.jpg/thumb.jpg", "__MACOSX/._1.jpg",
        ".ipynb_checkpoints/1-checkpoint.jpg", "lost+found/1.jpg", "$RECYCLE.BIN/1.jpg",
        "deep/System Volume Information/x")
    found, left = walk(tmp_path)
    assert found == ["1.jpg"]
    assert left == "files or folders of the system: 6 ($RECYCLE.BIN, @eaDir, Thumbs.db, __MACOSX, lost+found, ...); " \
                   "hidden files: 2 (.DS_Store, ._1.jpg); hidden folders: 1 (.ipynb_checkpoints)"


def test_the_order_is_files_first_and_then_folders_by_name(tmp_path):
    put(tmp_path, "b/2.jpg", "b/1.jpg", "a/z/9.jpg", "a/5.jpg", "x.jpg", "ab.jpg")
    assert walk(tmp_path)[0] == ["ab.jpg", "x.jpg", "a/5.jpg", "a/z/9.jpg", "b/1.jpg", "b/2.jpg"]


def test_links_are_followed_once_and_circles_end(tmp_path):
    put(tmp_path / "data", "a/1.jpg", "b/1.jpg", "b/2.jpg")
    put(tmp_path / "elsewhere", "3.jpg", "deep/4.jpg")
    os.symlink(tmp_path / "elsewhere", tmp_path / "data/a/more")
    os.symlink(tmp_path / "elsewhere" / "deep", tmp_path / "data/a/same")
    os.symlink(tmp_path / "data", tmp_path / "data/a/up")
    os.symlink(tmp_path / "data" / "a", tmp_path / "elsewhere/back")
    os.symlink(tmp_path / "data/b/2.jpg", tmp_path / "data/a/linked.jpg")
    found, left = walk(tmp_path / "data/a")
    assert found == ["1.jpg", "linked.jpg", "more/3.jpg", "more/deep/4.jpg"]
    assert left == "links to folders that were read before: 3 (same, up, more/back)"


def test_links_between_many_folders_do_not_multiply(tmp_path):
    for index in range(12):
        put(tmp_path, f"f{index}/{index}.jpg")
    for index in range(12):
        for other in range(12):
            os.symlink(tmp_path / f"f{other}", tmp_path / f"f{index}/to{other}")
    assert len(walk(tmp_path)[0]) == 12
    assert len(walk(tmp_path / "f0")[0]) == 12


def test_a_class_may_be_a_link_but_not_to_the_data_itself(tmp_path):
    put(tmp_path / "data", "a/1.jpg")
    put(tmp_path / "b", "2.jpg")
    os.symlink(tmp_path / "b", tmp_path / "data/b")
    os.symlink(tmp_path / "data", tmp_path / "data/self")
    source = open_source({"data_dir": str(tmp_path / "data")}, where=str)
    assert rows(source) == [("a/1.jpg", 0), ("b/2.jpg", 1)]
    assert source.left_out == "links to folders that were read before: 1 (self)"


def test_pipes_and_sockets_are_left_out_and_never_block(tmp_path):
    put(tmp_path, "a/1.jpg")
    os.mkfifo(tmp_path / "a/p.jpg")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(tmp_path / "a")
        try:
            server.bind("s.jpg")
        finally:
            os.chdir(here)
        found, left = walk(tmp_path)
    assert found == ["a/1.jpg"]
    assert left == "pipes, sockets or devices: 2 (p.jpg, s.jpg)"
    put(tmp_path, "list.txt", data=b"a/p.jpg 0\n")
    with pytest.raises(BadImage, match="not a regular file"):
        open_source({"file_list": str(tmp_path / "list.txt")}, where=str).read(0)
    with pytest.raises(BadImage, match="not a regular file"):
        encoded(str(tmp_path / "a/p.jpg"))


@pytest.mark.skipif(not os.path.isdir("/dev/shm"), reason="no folder in memory")
def test_a_pipe_in_the_folder_in_memory_never_blocks():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        os.mkfifo(f"{folder}/p.jpg")
        with pytest.raises(BadImage, match="not a regular file"):
            encoded(f"{folder}/p.jpg")


def test_a_pipe_of_the_shell_is_read_where_the_user_names_it():
    reader, writer = os.pipe()
    os.write(writer, b"bytes")
    os.close(writer)
    assert encoded(f"/dev/fd/{reader}") == b"bytes"
    os.close(reader)


def test_a_broken_link_with_the_ending_of_an_image_is_a_missing_image(tmp_path):
    os.symlink(tmp_path / "gone", tmp_path / "x.jpg")
    os.symlink(tmp_path / "gone", tmp_path / "y")
    assert walk(tmp_path) == (["x.jpg"], "broken links: 1 (y)")


def test_runs_bundles_and_shards_inside_the_data_are_no_classes(tmp_path):
    put(tmp_path, "a/1.jpg", "b/2.jpg", "empty/readme.md", "output/Tiny/train.log", "output/Tiny/metrics.jsonl",
        "output/Tiny/best_model/ppcls.pdparams", "output/Tiny/profile/x.jpg", "shards/repack.json",
        "bundle/bundle.json")
    source = open_source({"data_dir": str(tmp_path)}, where=str)
    assert source.class_names == ["a", "b", "empty"]
    assert "folders of runs, bundles, shards, lists or caches: 3 (bundle, Tiny, shards)" in source.left_out


def test_a_disk_cache_inside_the_data_is_no_class(tmp_path):
    put(tmp_path, "a/1.jpg", "b/2.jpg", data=jpeg())
    section = {"data_dir": str(tmp_path), "cache": "disk", "cache_dir": str(tmp_path / "near")}
    source = open_source(section, where=str)
    assert [source.read(index) for index in range(2)] == [jpeg(), jpeg()]
    again = open_source(section, where=str)
    assert again.class_names == ["a", "b"]
    assert again.left_out == "folders of runs, bundles, shards, lists or caches: 1 (near)"


def test_a_class_with_images_stays_one_whatever_lies_beside_them(tmp_path):
    put(tmp_path, "a/1.jpg", "a/meta.yaml", "a/state.json", "a/net.pdparams", "b/2.jpg", "b/meta.yaml", "c/meta.yaml")
    assert open_source({"data_dir": str(tmp_path)}, where=str).class_names == ["a", "b", "c"]


def test_prediction_finds_what_training_finds(tmp_path):
    put(tmp_path, "a/1.jfif", "a/.hidden/2.jpg", ".ipynb_checkpoints/3.jpg", "b/__MACOSX/4.jpg", "b/5.JPG", "b/x.txt")
    left = LeftOut()
    found = find_images([tmp_path], left)
    source = open_source({"data_dir": str(tmp_path)}, where=str)
    assert found == [source.path(index) for index in range(len(source))]
    assert left.text() == "hidden folders: 2 (.ipynb_checkpoints, .hidden); files or folders of the system: 1 " \
                          "(__MACOSX); files that are no images: 1 (.txt)"


def test_images_beside_the_class_folders_are_counted(tmp_path):
    put(tmp_path, "a/1.jpg", "b/2.jpg", "3.jpg", "label_list.txt")
    assert open_source({"data_dir": str(tmp_path)}, where=str).left_out == "images beside the class folders: 1 (3.jpg)"


@pytest.mark.parametrize("names", [("train", "val"), ("Training", "Testing"), ("TRAIN", "Valid", "test"),
                                   ("train_set", "validation_set"), ("training", "dev")])
def test_folders_of_splits_are_recognized_in_any_case(names, tmp_path):
    for name in names:
        put(tmp_path, f"{name}/a/1.jpg", f"{name}/b/1.jpg")
    put(tmp_path, "__MACOSX/x", ".git/x", "readme.txt")
    splits = find_splits(tmp_path)
    assert splits is not None
    assert splits.evaluation is not None
    assert [splits.train.name, splits.evaluation.name] == list(names[:2])
    with pytest.raises(UserError, match=f"holds the splits {', '.join(names)}, not classes") as caught:
        open_source({"data_dir": str(tmp_path)}, where=str)
    assert f"give one of them: {tmp_path / names[0]}" in str(caught.value)


@pytest.mark.parametrize("files", [
    ("train/1.jpg", "bus/1.jpg", "plane/1.jpg"),  # train is a class
    ("train/steam/1.jpg", "bus/red/1.jpg"),
    ("test/1.jpg", "train/1.jpg"),  # they contain no class folders
    ("val/a/1.jpg", "test/b/1.jpg"),  # nothing in common, and nothing to train on
    ("train/a/1.jpg", "Train/b/1.jpg"),
])
def test_folders_that_only_have_names_of_splits_are_classes(files, tmp_path):
    put(tmp_path, *files)
    assert find_splits(tmp_path) is None
    assert open_source({"data_dir": str(tmp_path)}, where=str).num_classes >= 2


def test_classes_with_names_of_splits_cause_a_warning(tmp_path):
    put(tmp_path, "train/steam/1.jpg", "test/tube/1.jpg", "extra/1.jpg")
    assert open_source({"data_dir": str(tmp_path)}, where=str).doubt == (
        "'test', 'train' have names of splits but are taken as classes, because 'extra' beside them is not a split")
    put(tmp_path / "flat", "train/1.jpg", "test/1.jpg")
    assert "they contain no class folders" in open_source({"data_dir": str(tmp_path / "flat")}, where=str).doubt


def test_splits_with_something_beside_them_are_neither_guessed_nor_taken_for_classes(tmp_path):
    put(tmp_path, "train/a/1.jpg", "val/a/1.jpg", "annotations/a.xml")
    with pytest.raises(UserError) as caught:
        open_source({"data_dir": str(tmp_path)}, where=str)
    assert "holds the splits train, val, which have classes in common, but also annotations" in str(caught.value)
    put(tmp_path / "d", "test/a/1.jpg", "val/a/1.jpg")
    with pytest.raises(UserError, match="holds the splits test, val, which have classes in common\n"):
        open_source({"data_dir": str(tmp_path / "d")}, where=str)
    assert main(["data", "lists", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()


def photos(folder: Path, *names: str) -> None:
    for index, name in enumerate(names):
        pixels = np.full((8, 8, 3), 20 * index + 9, np.uint8)
        put(folder, name, data=bytes(cv2.imencode(".png", pixels)[1].tobytes()))


def test_statistics_and_lists_agree_on_a_folder_of_splits(tmp_path, monkeypatch, capsys):
    photos(tmp_path / "d", "Training/a/1.png", "Training/b/2.png", "Training/b/3.png", "valid/a/4.png", "valid/b/5.png",
           "Testing/a/6.png")
    monkeypatch.chdir(tmp_path)
    assert main(["data", "stats", "d"]) == 0
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if line.startswith("d/")] == ["d/Training", "d/valid", "d/Testing"]
    assert "largest classes         b 2, a 1" in out
    assert main(["data", "lists", "d"]) == 0
    out = capsys.readouterr().out
    assert "d_lists: 2 classes, 3 training and 2 validation images" in out
    assert "training: Training; validation: valid; not in any list: Testing" in out
    assert (tmp_path / "d_lists/train_list.txt").read_text(encoding="utf-8").splitlines() == [
        "Training/a/1.png 0", "Training/b/2.png 1", "Training/b/3.png 1"]


def test_lists_never_go_among_the_photos_unless_asked(tmp_path, monkeypatch, capsys):
    photos(tmp_path / "my photos", "a/1.png", "a/2.png", "b/1.png", "b/2.png", "b/c/@eaDir/x.png")
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.chdir(tmp_path / "my photos")
    assert main(["data", "lists", "."]) == 0
    out = capsys.readouterr().out
    assert f"{tmp_path / 'my photos_lists'}: 2 classes, 2 training and 2 validation images" in out
    assert "left out: files or folders of the system: 1 (@eaDir)" in out
    assert {path.parent for path in set(tmp_path.rglob("*")) - set(before)} == {tmp_path, tmp_path / "my photos_lists"}
    assert main(["data", "lists", ".", "--out", "."]) == 0
    assert (tmp_path / "my photos/train_list.txt").is_file()


def test_repack_and_statistics_say_what_is_left_out(tmp_path, capsys):
    photos(tmp_path / "d", "a/1.png", "b/2.png")
    put(tmp_path / "d", "a/notes.md", "b/real.heic", data=b"\0\0\0\x18ftypheic" + bytes(20))
    line = "left out: files that are no images: 1 (.md); images that OpenCV does not decode here: 1 (HEIF .heic)"
    assert main(["repack", str(tmp_path / "d"), str(tmp_path / "shards")]) == 0
    assert line in capsys.readouterr().err
    assert main(["data", "stats", str(tmp_path / "d")]) == 0
    assert line[10:] in capsys.readouterr().out


def test_tar_files_follow_the_rules_of_folders(tmp_path):
    photos(tmp_path, "0.jpg", "1.jpg", "x/2")
    put(tmp_path, "0.cls", "1.cls", "x/2.cls", data=b"1")
    put(tmp_path, "._0.jpg", "._0.cls", "0.json", "1.json", "__MACOSX/0.jpg", "real.heic",
        data=b"\0\0\0\x18ftypheic" + bytes(20))
    (tmp_path / "t").mkdir()
    with tarfile.open(tmp_path / "t/a.tar", "w") as archive:
        for path in sorted(path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".tar"):
            archive.add(path, path.relative_to(tmp_path).as_posix())
    source = open_source({"data_dir": str(tmp_path / "t")}, where=str)
    assert rows(source) == [("0.jpg", 1), ("1.jpg", 1), ("x/2", 1)]
    assert source.left_out == "hidden files: 2 (._0.cls, ._0.jpg); files that are no images: 2 (.json 2); " \
                              "files or folders of the system: 1 (__MACOSX); " \
                              "images that OpenCV does not decode here: 1 (HEIF .heic)"
    put(tmp_path, "list.txt", data=b"x/2 0\n._0.jpg 1\n")
    listed = open_source({"data_dir": str(tmp_path / "t"), "file_list": str(tmp_path / "list.txt")}, where=str)
    assert rows(listed) == [("x/2", 0), ("._0.jpg", 1)]


def test_members_of_tar_shards_have_the_ending_of_their_kind(tmp_path):
    photos(tmp_path / "d", "a/without", "b/odd.HEIC")
    assert main(["repack", str(tmp_path / "d"), str(tmp_path / "t"), "--tar"]) == 0
    source = open_source({"data_dir": str(tmp_path / "t")}, where=str)
    assert len(source) == 2
    with tarfile.open(tmp_path / "t/shard-00000.tar") as archive:
        assert archive.getnames() == ["00000000.png", "00000000.cls", "00000001.png", "00000001.cls"]
