# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A key under the name that another library gives it, or in the wrong section, is answered with the right key."""

from __future__ import annotations

import pytest

from ppclas_core.config.key_hints import OTHER_NAMES, key_hint, keys_of_option
from ppclas_core.config.load import config_from_dict, load_config
from ppclas_core.config.schema import BY_PATH, Params

GUESSES = {
    "batch_size": "TRAIN.batch_size or VALID.batch_size", "lr": "LEARNING_RATE.params.lr",
    "num_workers": "TRAIN.num_workers or VALID.num_workers", "image_size": "image_shape", "num_classes": "classes_num",
    "patience": "early_stop.patience", "model": "ARCHITECTURE.name", "optimizer": "OPTIMIZER.function",
}


@pytest.mark.parametrize(("name", "keys"), GUESSES.items())
def test_a_guess_names_the_key_in_a_config_and_on_the_command_line(minimal, write, error_of, name, keys):
    text = error_of(config_from_dict, {**minimal, name: 3}, "my.yaml")
    assert f"unknown key '{name}'. The key is {keys}." in text
    assert "known keys" not in text
    write("a.yaml", minimal)
    for overrides in ([f"{name}=3"], {name: 3}):
        assert f"{name}: the config has no '{name}'. The key is {keys}." in error_of(load_config, "a.yaml", overrides)


def test_a_missing_key_that_stands_elsewhere_is_not_reported_twice(minimal, error_of):
    minimal["batch_size"] = minimal["TRAIN"].pop("batch_size")
    text = error_of(config_from_dict, minimal, "my.yaml")
    assert "The key is TRAIN.batch_size" in text
    assert "needs the key" not in text


@pytest.mark.parametrize(("name", "section", "hint"), [
    ("epochs", "TRAIN", " It belongs at the top level."), ("lr", "OPTIMIZER", " The key is LEARNING_RATE.params.lr."),
    ("workers", "VALID", " The key is VALID.num_workers."), ("workers", "", " The key is TRAIN.num_workers."),
    ("name", "OPTIMIZER", ""), ("nonsense", "", ""),
])
def test_the_section_counts(name, section, hint):
    assert key_hint(name, section) == hint


def test_every_name_of_another_library_leads_to_a_key_and_is_none():
    for name, path in OTHER_NAMES.items():
        above = path.rpartition(".params.")[0] + ".params"
        assert path in BY_PATH or (above in BY_PATH and BY_PATH[above].type is Params), path
        assert name not in BY_PATH


@pytest.mark.parametrize(("option", "keys"), [
    ("--epochs", ["epochs"]), ("--batch-size", ["TRAIN.batch_size", "VALID.batch_size"]),
    ("--lr", ["LEARNING_RATE.params.lr"]), ("--nonsense", []),
])
def test_an_option_stands_for_a_key(option, keys):
    assert keys_of_option(option) == keys
