# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A storage format of a plugin is recognized, read, named in a config and listed as one of core."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import pytest

from ppclas_core.api import Reader
from ppclas_core.checks.components import check_components
from ppclas_core.config.load import config_from_dict
from ppclas_core.config.sections import DataSection
from ppclas_core.data import Loader, build_pipeline, open_source
from ppclas_core.data.errors import BadImage
from ppclas_core.data.from_config import open_checked
from ppclas_core.data.opencv import cv2
from ppclas_core.data.readers.open import reader_of
from ppclas_core.data.readers.packed_names import PackedNames
from ppclas_core.data.readers.request import ReadRequest
from ppclas_core.data.readers.selection import read_list_only, select_reader
from ppclas_core.data.readers.source import Source
from ppclas_core.data.readers.storage import Storage
from ppclas_core.errors import PluginError, UserError, UserErrors
from ppclas_core.plugins.listing import component_rows
from ppclas_core.plugins.manager import LoadedPlugin
from ppclas_core.testing.toy import toy_catalogue

OPS: List[Dict[str, Any]] = [{"DecodeImage": {}}, {"ResizeImage": {"size": 8}}, {"NormalizeImage": {}},
                             {"ToCHWImage": {}}]


class Zipped(Storage):
    """Members of one zip file."""

    not_forked = "a zip file that is open belongs to one process"

    def __init__(self, file: Path, members: np.ndarray) -> None:
        super().__init__(str(file))
        self.members = members
        self._archive = zipfile.ZipFile(file)

    def path(self, index: int, name: str) -> str:
        return f"{self.root}!{name}"

    def read(self, index: int, path: str) -> bytes:
        try:
            return self._archive.read(str(self.members[index]))
        except KeyError as error:
            raise BadImage("no such member", path) from error

    def select(self, indices: np.ndarray) -> Zipped:
        return Zipped(Path(self.root), self.members[indices])


def open_zip(request: ReadRequest, folder: str = "", first: int = 0) -> Source:
    """Open `photos.zip`: its members are `class/name.png`."""
    file = request.folder / "photos.zip"
    members = [name for name in zipfile.ZipFile(file).namelist() if name.startswith(folder)][first:]
    classes = sorted({name.split("/")[-2] for name in members})
    labels = [classes.index(name.split("/")[-2]) for name in members]
    return Source(Zipped(file, np.array(members)), PackedNames.from_texts(members), np.array(labels), classes)


def open_json(request: ReadRequest) -> Source:
    """Open a list that is a JSON object of names and labels."""
    assert request.file_list is not None
    rows = json.loads(request.file_list.read_text(encoding="utf-8"))
    return Source.from_paths(str(request.folder), rows, list(rows.values()), request.class_names)


def is_zipped(request: ReadRequest) -> bool:
    return zipfile.is_zipfile(request.folder / "photos.zip")


def open_wrongly(request: ReadRequest) -> Any:
    return 5


def broken_member(request: ReadRequest) -> Source:
    def fail(index: int, path: str) -> bytes:
        raise ZeroDivisionError("integer division or modulo by zero")

    source = open_zip(request)
    setattr(source.storage, "read", fail)  # noqa: B010 - a storage has no attribute to assign to
    return source


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put records of a made-up plugin into the catalogue."""
    known = toy_catalogue()
    monkeypatch.setattr(known, "_index", {key: list(entries) for key, entries in known._index.items()})
    monkeypatch.setattr(known._loader, "loaded", list(known.plugins))

    def add(*records: Reader, dist: str = "acme-zip") -> None:
        added = LoadedPlugin(dist, "1.0", "acme", ["ppclas_readers"], [("reader", record) for record in records])
        known.plugins.append(added)
        known._add(added)

    return add


ZIP = Reader("zip", f"{__name__}:open_zip", contains=("photos.zip",), aliases=("zipped",), doc="one zip file")
JSON_LIST = Reader("json_list", f"{__name__}:open_json", suffixes=(".labels.json",))


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    """A folder with `photos.zip` of six images in three classes."""
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        for number in range(6):
            image = rng.integers(0, 256, (10, 12, 3)).astype(np.uint8)
            archive.writestr(f"{'abc'[number % 3]}/{number}.png", cv2.imencode(".png", image)[1].tobytes())
    return tmp_path


def test_a_made_up_format_is_recognized_matched_by_name_and_trained_on(plugin: Any, zipped: Path) -> None:
    section = {"data_dir": str(zipped)}
    with pytest.raises(UserError, match="has no sub-folder"):
        open_source(section, where=str)
    plugin(ZIP)
    source = open_source({**section, "max_samples": 3}, where=str)
    assert source.class_names == ["a", "b", "c"]
    assert [source.name(index) for index in range(3)] == ["a/0.png", "c/2.png", "b/4.png"]
    assert source.path(1) == f"{zipped}/photos.zip!c/2.png"
    loader = Loader(open_source(section, where=str), build_pipeline(OPS), 4, shuffle=False, drop_last=False,
                    num_workers=2)
    batches = list(loader.epoch(0))
    assert np.concatenate([batch.labels for batch in batches]).tolist() == [0, 1, 2, 0, 1, 2]
    assert batches[0].images.shape == (4, 3, 8, 8)
    with pytest.raises(UserError, match="a zip file that is open belongs to one process"):
        Loader(source, build_pipeline(OPS), 4, shuffle=False, drop_last=False, num_workers=2, worker_type="processes")
    with pytest.raises(UserError, match="the images are in shards"):
        open_source({**section, "cache": "ram"}, where=str)


def test_a_reader_is_named_with_its_parameters(plugin: Any, zipped: Path) -> None:
    plugin(Reader("zip", ZIP.target))
    reader = {"name": "zip", "params": {"folder": "a", "first": "1"}}
    source = open_source({"data_dir": str(zipped), "reader": reader}, where=str)
    assert [source.name(index) for index in range(len(source))] == ["a/3.png"]
    for params, words in (({"foldr": "a"}, "Did you mean 'folder'"), ({"first": "x"}, "must be a whole number"),
                          ({"request": 1}, "has no parameter 'request'")):
        with pytest.raises(UserError, match=words) as error:
            open_source({"data_dir": str(zipped), "reader": {"name": "zip", "params": params}},
                        where=lambda key: f"c.yaml:{key}")
        assert error.value.where == "c.yaml:reader"


def test_a_config_names_a_reader_and_check_knows_its_parameters(plugin: Any, zipped: Path) -> None:
    plugin(ZIP)
    section: Dict[str, Any] = {"batch_size": 2, "data_dir": str(zipped), "transforms": OPS}
    values = {"mode": "valid", "ARCHITECTURE": {"name": "ToyNet"}, "classes_num": 3, "image_shape": [3, 8, 8],
              "VALID": section}
    assert config_from_dict(values)["VALID"]["reader"] is None
    section["reader"] = {"name": "zipped", "params": {"first": 2}}
    config = config_from_dict(values)
    assert config["VALID"]["reader"] == section["reader"]
    check_components(config)
    assert len(open_checked(config, "VALID")) == 4
    section["reader"] = {"name": "zip", "params": {"frist": 2}}
    with pytest.raises(UserErrors, match="zip has no parameter 'frist'. Did you mean 'first'"):
        check_components(config_from_dict(values))
    section["reader"] = {"name": "zipp"}
    with pytest.raises(UserError, match="unknown reader 'zipp'. Did you mean 'zip'"):
        config_from_dict(values)


def test_a_reader_can_recognize_its_data_and_lists_have_formats_too(plugin: Any, zipped: Path) -> None:
    plugin(Reader("look", ZIP.target, detect=f"{__name__}:is_zipped"), JSON_LIST)
    assert len(open_source({"data_dir": str(zipped)}, where=str)) == 6
    other = zipped / "other"
    other.mkdir()
    (other / "train.labels.json").write_text('{"a.png": 1, "b.png": 0}', encoding="utf-8")
    source = open_source({"file_list": str(other / "train.labels.json")}, where=str)
    assert source.labels.tolist() == [1, 0]
    (other / "train.json").write_text("a.png 1\n", encoding="utf-8")
    assert open_source({"file_list": str(other / "train.json")}, where=str).name(0) == "a.png"
    request = ReadRequest(other / "train.labels.json", None)
    assert len(read_list_only(request)) == 2


def test_two_readers_that_recognize_the_same_data_are_both_named(plugin: Any, zipped: Path) -> None:
    plugin(ZIP)
    plugin(Reader("archive", ZIP.target, contains=("photos.zip",)), dist="other-zip")
    section = {"data_dir": str(zipped)}
    with pytest.raises(UserError, match=r"several readers recognize the data: zip \(acme-zip 1.0\), archive"):
        open_source(section, where=str)
    assert reader_of(DataSection.from_values(section)) is None
    assert len(open_source({**section, "reader": {"name": "archive"}}, where=str)) == 6


def test_an_exact_name_precedes_a_pattern_and_a_pattern_precedes_the_list(plugin: Any, tmp_path: Path) -> None:
    def chosen(**keys: Path) -> str:
        return str(select_reader(ReadRequest(keys.get("file_list"), keys.get("data_dir"))).record.name)

    assert chosen(data_dir=tmp_path) == "folder"
    assert chosen(file_list=tmp_path / "x.CSV") == "csv_table"
    assert chosen(file_list=tmp_path / "x.txt") == "list_file"
    (tmp_path / "a.tar").mkdir()
    assert chosen(data_dir=tmp_path) == "folder"
    (tmp_path / "b.tar").touch()
    assert chosen(data_dir=tmp_path) == chosen(file_list=tmp_path / "x.csv") == "tar_shards"
    (tmp_path / "repack.json").touch()
    assert chosen(data_dir=tmp_path) == "repacked"


def test_errors_of_a_plugin_name_it(plugin: Any, zipped: Path) -> None:
    plugin(Reader("wrong", f"{__name__}:open_wrongly"), Reader("broken", f"{__name__}:broken_member"),
           Reader("absent", f"{__name__}:nothing"))
    for name, words in (("wrong", "it returned a int, not a Source"), ("absent", "which does not exist")):
        with pytest.raises(PluginError, match=words) as error:
            open_source({"data_dir": str(zipped), "reader": {"name": name}}, where=str)
        assert "acme-zip 1.0" in str(error.value)
    source = open_source({"data_dir": str(zipped), "reader": {"name": "broken"}}, where=str)
    with pytest.raises(PluginError, match=r"plugin acme-zip 1.0: reader 'broken' failed: ZeroDivisionError"):
        source.read(0)


def test_readers_are_listed() -> None:
    assert [row["name"] for row in component_rows("reader") if row["dist"] == "ppclas-core"] == [
        "csv_table", "folder", "list_file", "repacked", "tar_shards"]
