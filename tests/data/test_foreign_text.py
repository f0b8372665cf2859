# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Names and lists of any bytes go through, or end in one early message that names the cause."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from ppclas_core.bundles.atomic_bundle import new_bundle_folder
from ppclas_core.bundles.bundle import read_bundle, write_labels
from ppclas_core.cli import main
from ppclas_core.data import BadImage, open_source, read_label_list
from ppclas_core.data.bad_images import write_bad_images
from ppclas_core.data.opencv import cv2
from ppclas_core.data.readers.csv_table import read_csv
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError
from ppclas_core.report.page import write_report
from ppclas_core.system.text_files import as_utf8, read_text, write_text
from ppclas_core.testing import toy

FOREIGN = os.fsdecode(b"x\xb9\xb7")
"""A name in GBK, as Python carries its bytes."""

NFC, NFD = "café", "cafe\u0301"


def photo(folder: Path, *names: str) -> None:
    for index, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        pixels = np.full((8, 8, 3), 20 * index + 9, np.uint8)
        (folder / name).write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


def opened(folder: Path, text: bytes, name: str = "l.txt", **section):
    (folder / name).write_bytes(text)
    return open_source({"file_list": str(folder / name), "data_dir": str(folder), **section}, where=str)


def rows(source) -> list[tuple[str, int]]:
    return [(source.name(index), source.label(index)) for index in range(len(source))]


def test_lists_of_files_that_are_not_utf8_are_written_and_read(tmp_path, monkeypatch, capsys):
    photo(tmp_path / "d", f"a/{FOREIGN}.png", "a/1.png", "b/1.png", f"b/{FOREIGN}2.png")
    monkeypatch.chdir(tmp_path)
    assert main(["data", "lists", "d"]) == 0
    source = open_source({"file_list": "d_lists/train_list.txt", "data_dir": "d"}, where=str)
    other = open_source({"file_list": "d_lists/val_list.txt", "data_dir": "d"}, where=str)
    assert sorted(rows(source) + rows(other)) == sorted([
        ("a/1.png", 0), (f"a/{FOREIGN}.png", 0), ("b/1.png", 1), (f"b/{FOREIGN}2.png", 1)])
    assert all(each.read(index) for each in (source, other) for index in range(len(each)))
    assert main(["data", "stats", "d", "--html", "s.html"]) == 0
    assert main(["repack", "d", "shards"]) == 0
    assert main(["repack", "d", "tars", "--tar"]) == 0
    for folder in ("shards", "tars"):
        again = open_source({"data_dir": folder}, where=str)
        assert [bool(again.read(index)) for index in range(len(again))] == [True] * 4
    (tmp_path / "s.html").read_text(encoding="utf-8")
    capsys.readouterr().out.encode("utf-8")


def test_a_list_in_another_encoding_is_named_by_the_files_that_it_would_give(tmp_path):
    photo(tmp_path, "照片.png", "été.png")
    for name, encoding in (("照片.png", "GB18030"), ("été.png", "CP1252")):
        with pytest.raises(UserError, match=f"l.txt:2: the list is not UTF-8 but {encoding}"):
            opened(tmp_path, f"a.png 0\n{name} 1\n".encode(encoding))
    with pytest.raises(UserError, match="the list is not UTF-8\n"):
        opened(tmp_path, b"\xff\xfaz.png 0\n")
    with pytest.raises(UserError, match="t.csv:2: the table is not UTF-8 but GB18030"):
        opened(tmp_path, "path,label\n照片.png,0\n".encode("gbk"), "t.csv")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_lists_tables_and_labels_of_windows_are_read_by_their_mark(encoding, tmp_path):
    photo(tmp_path, "猫/1.png", "b/2.png")
    for name in ("l.txt", "t.csv"):
        text = "猫/1.png 0\r\nb/2.png 1\r\n" if name == "l.txt" else "path,label\r\n猫/1.png,0\r\nb/2.png,1\r\n"
        assert rows(opened(tmp_path, text.encode(encoding), name)) == [("猫/1.png", 0), ("b/2.png", 1)]
    (tmp_path / "labels.txt").write_bytes("0 猫\r\n1 chien\r\n".encode(encoding))
    assert read_label_list(tmp_path / "labels.txt") == ["猫", "chien"]


@pytest.mark.parametrize("name", ["l.txt", "t.csv", "labels"])
def test_utf16_without_a_mark_is_one_message_with_the_command_that_helps(name, tmp_path):
    data = "path,label\na.png,0\n".encode("utf-16-le")
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UserError, match="it looks like UTF-16LE\n  iconv -f UTF-16LE -t UTF-8"):
        read_label_list(tmp_path / name) if name == "labels" else opened(tmp_path, data, name)
    with pytest.raises(UserError, match="not text"):
        as_utf8(b"\0\1\2\3" * 9, "x")
    with pytest.raises(UserError, match="damaged or truncated"):
        as_utf8("ab".encode("utf-16")[:-1], "x")


@pytest.mark.parametrize("name", ["l.txt", "t.csv"])
def test_backslashes_of_windows_are_one_message(name, tmp_path):
    photo(tmp_path, "a/1.png", "a/2.png", "with\\backslash.png")
    head, cut = ("path,label\n", ",") if name == "t.csv" else ("", " ")
    with pytest.raises(UserError) as caught:
        opened(tmp_path, f"{head}a\\1.png{cut}0\na\\2.png{cut}0\n".encode(), name)
    line = 2 if head else 1
    assert f"{name}:{line}: the path 'a\\1.png' has backslashes; it is there with slashes" in str(caught.value)
    assert f"sed -i 's|\\\\|/|g' {tmp_path / name}" in str(caught.value)
    with pytest.raises(UserError, match="is a Windows path"):
        opened(tmp_path, f"{head}C:\\photos\\1.png{cut}0\n".encode(), name)
    source = opened(tmp_path, f"{head}with\\backslash.png{cut}0\n".encode(), name)
    assert source.read(0)


@pytest.mark.parametrize("name", ["l.txt", "t.csv"])
@pytest.mark.parametrize(("listed", "there"), [(NFC, NFD), (NFD, NFC)])
def test_accents_in_another_unicode_form_than_those_of_the_file_are_explained(listed, there, name, tmp_path):
    photo(tmp_path, f"{there}.png", "a.png")
    if (tmp_path / f"{listed}.png").exists():
        pytest.skip("this file system takes both forms for one name")
    head, cut = ("path,label\n", ",") if name == "t.csv" else ("", " ")
    form = "NFC" if there == NFC else "NFD"
    with pytest.raises(UserError, match=f"it is there with the accents in another Unicode form .{form}"):
        opened(tmp_path, f"{head}a.png{cut}0\n{listed}.png{cut}0\n".encode(), name)
    with pytest.raises(BadImage, match="no such file; it is there with the accents"):
        Source.from_paths(str(tmp_path), [f"{listed}.png"], [0]).read(0)


def test_two_classes_that_look_alike_are_one_message(tmp_path):
    photo(tmp_path / "d", f"{NFC}/1.png", f"{NFD}/1.png")
    if len(list((tmp_path / "d").iterdir())) == 1:
        pytest.skip("this file system takes both forms for one name")
    with pytest.raises(UserError) as caught:
        open_source({"data_dir": str(tmp_path / "d")}, where=str)
    assert "'cafe\\u0301' and 'caf\\xe9' differ only in how the accents are written" in str(caught.value)
    (tmp_path / "labels.txt").write_text(f"0 {NFC}\n1 {NFD}\n", encoding="utf-8")
    with pytest.raises(UserError, match="look alike"):
        read_label_list(tmp_path / "labels.txt")
    (tmp_path / "t.csv").write_text(f"path,label\na.png,{NFC}\nb.png,{NFD}\n", encoding="utf-8")
    with pytest.raises(UserError, match="look alike"):
        read_csv(tmp_path / "t.csv", str(tmp_path))


@pytest.mark.parametrize(("name", "text"), [(FOREIGN, "is not UTF-8"), ("a\x1b[31m", "has control characters"),
                                            ("a\nb", "has control characters"), ("a\x9bb", "has control characters")])
def test_class_folders_that_no_label_list_can_hold_are_refused_early(name, text, tmp_path, capsys):
    photo(tmp_path / "d", f"{name}/1.png", "b/1.png")
    out = str(tmp_path / "out")
    data = str(tmp_path / "d")
    for command in (["data", "stats", data], ["data", "lists", data, "--out", out], ["repack", data, out],
                    ["finetune", "--data", data, "--model", "ToyNet", "--pretrained", "none", "--out", out,
                     "--write-only", "--plugin", toy.__file__]):
        assert main(command) == 2
        error = capsys.readouterr().err
        assert text in error
        assert "internal error" not in error
        assert all(character.isprintable() for character in error.replace("\n", ""))
    assert not list(Path(out).glob("*"))


def test_names_of_any_bytes_in_what_a_run_writes(tmp_path, caplog):
    bad_images = ((f"{FOREIGN}.png", "damaged"), ("two\nlines.png", "gone"))
    caplog.set_level("INFO")
    write_bad_images(tmp_path / "bad_images.txt", bad_images)
    write_bad_images(tmp_path / "bad_images.txt", bad_images)
    assert (tmp_path / "bad_images.txt").read_bytes() == b"x\xb9\xb7.png\tdamaged\ntwo\\nlines.png\tgone\n"
    assert len(caplog.messages) == 1
    for name, why in ((FOREIGN, "is not UTF-8"), ("a\nb", "has a line break")):
        with pytest.raises(UserError, match=why):
            write_labels(tmp_path, ["ok", name])
    summary = {"architecture": "ToyNet", "run_dir": FOREIGN, "profile": None}
    page = write_report(tmp_path, summary, [], f"# {FOREIGN}\x1b[2J")
    assert "x\\xb9\\xb7" in page.read_text(encoding="utf-8")
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["run_dir"] == FOREIGN


def test_text_files_keep_their_bytes(tmp_path):
    write_text(tmp_path / "x", f"{FOREIGN}\n猫\n")
    assert (tmp_path / "x").read_bytes() == b"x\xb9\xb7\n" + "猫\n".encode()
    assert read_text(tmp_path / "x") == f"{FOREIGN}\n猫\n"
    assert unicodedata.normalize("NFC", NFD) == NFC


def test_a_bundle_never_goes_to_a_path_that_the_runtimes_cannot_open(tmp_path):
    with pytest.raises(UserError, match="the path of the bundle is not UTF-8"), new_bundle_folder(tmp_path / FOREIGN):
        pass
    assert not list(tmp_path.iterdir())
    (tmp_path / FOREIGN).mkdir()
    (tmp_path / FOREIGN / "bundle.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UserError, match="the path of the bundle is not UTF-8"):
        read_bundle(tmp_path / FOREIGN)


def test_files_are_read_where_python_takes_file_names_as_ascii(tmp_path):
    photo(tmp_path, "a/é.png", "b/照片.png")
    code = ("from ppclas_core.data import open_source; source = open_source({'data_dir': '.'}, where=str); "
            "print([len(source.read(index)) > 9 for index in range(len(source))])")
    variables = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=variables, capture_output=True, text=True)
    assert run.stdout == "[True, True]\n", run.stderr
    (tmp_path / "猫").mkdir()
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=variables, capture_output=True, text=True)
    assert "Python reads file names as ascii here" in run.stderr
