# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`-o KEY=VALUE`."""

from __future__ import annotations

import pytest

from ppclas_core.config.load import load_config
from ppclas_core.config.override import literal


@pytest.fixture
def load(write, minimal):
    write("a.yaml", minimal)
    return lambda *overrides: load_config("a.yaml", overrides)


def test_a_value_deep_in_a_list(load):
    config = load("VALID.transforms.1.RandCropImage.size=48", "TRAIN.batch_size=64")
    assert config.get_path("VALID.transforms.1.RandCropImage.size") == 48
    assert config.get_path("TRAIN.transforms.1.RandCropImage.size") == 32
    assert config["TRAIN"]["batch_size"] == 64
    assert config.where("TRAIN.batch_size") == "-o TRAIN.batch_size"


def test_a_known_key_that_the_file_leaves_out(load):
    decay = "OPTIMIZER.regularizer"
    config = load("use_ema=1", "ema_decay=1e-2", f"{decay}.function=L2", f"{decay}.factor=1e-4")
    assert (config["use_ema"], config["ema_decay"]) == (True, 0.01)
    assert config["OPTIMIZER"]["regularizer"] == {"function": "L2", "factor": 1e-4}


def test_the_last_of_several_wins(load):
    assert load("epochs=3", "epochs=4")["epochs"] == 4


def test_only_the_first_equals_sign_splits(load):
    assert load("model_save_dir=runs/lr=0.1")["model_save_dir"] == "runs/lr=0.1"


@pytest.mark.parametrize(("pair", "part"), [
    ("TRAIN.batchsize=3", "'TRAIN' has no 'batchsize'. Did you mean 'batch_size'?"),
    ("TRIAN.batch_size=3", "the config has no 'TRIAN'. Did you mean 'TRAIN'?"),
    ("TRAIN.transforms.1.RandCropImag.size=3", "has no 'RandCropImag'. Did you mean 'RandCropImage'?"),
    ("TRAIN.transforms.9.X.size=3", "'TRAIN.transforms' has no position '9'"),
    ("TRAIN.batch_size.x=3", "there is nothing below it"),
    ("epochs", "expected KEY=VALUE"),
    ("epochs=many", "-o epochs: epochs is 'many'; it must be a whole number"),
])
def test_a_path_that_leads_nowhere_is_an_error(load, error_of, pair, part):
    assert part in error_of(load, pair)


def test_all_wrong_overrides_are_told_at_once(load, error_of):
    text = error_of(load, "a=1", "b=2")
    assert "-o a" in text
    assert "-o b" in text


@pytest.mark.parametrize(("text", "value"), [
    ("3", 3), ("0.5", 0.5), ("True", True), ("false", False), ("[1, 2]", [1, 2]), ("{'a':1}", {"a": 1}), ("None", None),
    ("", None), ("null", None), ("1e-4", "1e-4"), ("1./255.", "1./255."), ("a b", "a b"), ("f('x')", "f('x')"),
    (" ", " "), (",", ","), ("#1", "#1"), ("[1, 2", "[1, 2"), ("C:\\x", "C:\\x"),
])
def test_values_are_yaml_literals_and_nothing_is_evaluated(text, value):
    assert literal(text) == value


def test_an_op_without_parameters_can_get_some(load):
    config = load("TRAIN.transforms.0.DecodeImage.to_rgb=False")
    assert config["TRAIN"]["transforms"][0] == {"DecodeImage": {"to_rgb": False}}
