# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Stories of the config of a run: its relative paths mean what they meant at training, from any folder."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any, Dict

import pytest

from ppclas_core.bundles.evaluated import open_evaluated
from ppclas_core.errors import UserError
from ppclas_core.models.evaluated_weights import command_line_weights
from ppclas_core.runs.meta import Meta, read_meta, write_meta
from ppclas_core.runs.run_config import config_of_run, load_config, training_folder, with_validation_data

CONFIG = "quick_start/digits_MobileNetV3_small.yaml"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run that was trained in `<tmp>/project` with relative paths, and a present working directory elsewhere."""
    project = tmp_path / "project"
    folder = project / "output" / "MobileNetV3_small_x0_5"
    (folder / "last").mkdir(parents=True)
    (folder / "last" / "ppcls.pdparams").write_bytes(b"weights")
    (project / "start.pdparams").write_bytes(b"weights")
    values: Dict[str, Any] = load_config(CONFIG).to_dict()
    values.update(pretrained_model=["start", "ResNet50_vd"], label_list="names.txt")
    values["TRAIN"]["file_list"] = "lists/train.txt"
    write_meta(folder / "last", Meta("MobileNetV3_small_x0_5", 10, [3, 32, 32], [], config=values,
                                     working_directory=str(project)))
    return folder


def test_relative_paths_start_at_the_folder_of_the_training(run: Path, tmp_path: Path,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    monkeypatch.chdir(tmp_path)
    config = config_of_run(run)
    assert config["TRAIN"]["file_list"] == str(project / "lists/train.txt")
    assert config["label_list"] == str(project / "names.txt")
    assert config["model_save_dir"] == str(project / "output")
    assert config["pretrained_model"] == [str(project / "start"), "ResNet50_vd"]  # the other is a published name
    assert config_of_run(run, ["TRAIN.file_list=here.txt"])["TRAIN"]["file_list"] == "here.txt"
    monkeypatch.chdir(project)
    assert config_of_run(run)["TRAIN"]["file_list"] == "lists/train.txt"  # the config of the training, unchanged


def test_a_run_of_an_earlier_version_knows_its_folder_by_its_location(run: Path, tmp_path: Path,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    meta = read_meta(run / "last")
    assert meta is not None
    old = dataclasses.replace(meta, working_directory="")
    gone = dataclasses.replace(meta, working_directory=str(tmp_path / "deleted"))
    for each in (old, gone):
        assert training_folder(each, run) == tmp_path / "project"
        assert training_folder(each, run / "last") == tmp_path / "project"
        assert training_folder(each, Path(os.path.relpath(run))) == tmp_path / "project"
    assert training_folder(old, tmp_path / "moved" / run.name) is None


def test_a_name_a_file_and_a_run_folder_open_as_configs(run: Path, tmp_path: Path,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_config(CONFIG).path is not None
    assert load_config(run, ["epochs=7"])["epochs"] == 7
    assert load_config(run, {"epochs": 7, "TRAIN": {"batch_size": 3}}).require_train().batch_size == 3
    assert load_config(load_config(run).to_dict())["epochs"] == load_config(run / "last")["epochs"]
    assert load_config(tmp_path / "project" / "output")["label_list"] == str(tmp_path / "project" / "names.txt")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="is a folder, not a config"):
        load_config(tmp_path / "empty")


def test_weights_of_the_command_line_precede_those_of_the_run(run: Path) -> None:
    chosen = load_config(run, ["pretrained_model=other"])
    assert chosen.location("pretrained_model") == "-o pretrained_model"
    assert command_line_weights(chosen) == "other"
    assert open_evaluated(run, overrides=["pretrained_model=other"]).weights == "other"
    assert command_line_weights(load_config(run)) is None
    assert open_evaluated(run).weights == run


def test_other_validation_data_replaces_all_that_names_data(tmp_path: Path) -> None:
    config = load_config(CONFIG, ["VALID.max_samples=5", "VALID.delimiter=;"])
    (tmp_path / "photos").mkdir()
    (tmp_path / "list.txt").write_text("a.png 0\n", encoding="utf-8")
    folder, listed = (with_validation_data(config, tmp_path / name) for name in ("photos", "list.txt"))
    assert (folder["VALID"]["data_dir"], folder["VALID"]["file_list"]) == (str(tmp_path / "photos"), None)
    assert (listed["VALID"]["data_dir"], listed["VALID"]["file_list"]) == (None, str(tmp_path / "list.txt"))
    assert folder.require_valid().max_samples is None
    assert folder.require_valid().transforms == config.require_valid().transforms
    assert folder.location("VALID.data_dir") == "--data"
    with pytest.raises(UserError, match="no such file or folder"):
        with_validation_data(config, tmp_path / "nothing")
