# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`load_config` with a dict in place of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ppclas_core.config.load import load_config, load_with_values


def test_a_dict_is_checked_and_completed_as_a_file_is(write, minimal):
    write("a.yaml", minimal)
    assert load_config(minimal).to_dict() == load_config("a.yaml").to_dict()
    assert load_config(minimal, ["epochs=7"])["epochs"] == 7
    assert load_config(load_config(minimal).to_dict()).to_dict() == load_config(minimal).to_dict()


def test_the_location_of_a_value_in_a_dict_is_its_key(minimal):
    config = load_config(minimal)
    assert config.where("TRAIN.batch_size") == "dict TRAIN.batch_size"
    assert config.where("TRAIN.transforms.1.RandCropImage") == "dict TRAIN.transforms.1.RandCropImage"


def test_paths_and_tuples_of_python_are_values(minimal):
    minimal["TRAIN"]["data_dir"] = Path("some") / "folder"
    minimal["image_shape"] = (3, 32, 32)
    config = load_config(minimal)
    assert config["TRAIN"]["data_dir"] == str(Path("some") / "folder")
    assert config["image_shape"] == [3, 32, 32]


def test_all_mistakes_of_a_dict_are_reported_with_their_keys(minimal, error_of):
    minimal["eopchs"] = 3
    minimal["TRAIN"]["batch_size"] = 0
    text = error_of(load_config, minimal)
    assert "dict eopchs: unknown key 'eopchs'. Did you mean 'epochs'?" in text
    assert "dict TRAIN.batch_size: TRAIN.batch_size is 0; it must be at least 1" in text


def test_a_dict_has_no_base(minimal, error_of):
    assert "a config from a dict has no base" in error_of(load_config, {**minimal, "base": "a.yaml"})
    assert load_config({**minimal, "base": []})["epochs"] == 2


def test_a_dict_is_not_changed(minimal):
    before = repr(minimal)
    load_config(minimal, {"TRAIN": {"batch_size": 9}})
    assert repr(minimal) == before


@pytest.mark.parametrize("key", ["eopchs", "TRAIN.eopchs"])
def test_the_source_of_values_stands_in_their_errors(write, minimal, error_of, key):
    file = write("a.yaml", minimal)
    assert f"finetune(...) {key}: " in error_of(load_with_values, file, {key: 3}, "finetune(...)")
