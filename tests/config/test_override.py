# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`-o KEY=VALUE`."""

from __future__ import annotations

import pytest
import yaml

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
    ("TRAIN.batch_size.x=3", "it has no keys below it"),
    ("epochs", "expected KEY=VALUE"),
    ("epochs=many", "-o epochs: epochs is 'many'; it must be a whole number"),
])
def test_a_path_that_leads_nowhere_is_an_error(load, error_of, pair, part):
    assert part in error_of(load, pair)


def test_all_wrong_overrides_are_reported_at_once(load, error_of):
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


@pytest.mark.parametrize("text", ["on", "2026", "0755", "1.0", "1e3", "12:30", "0x10", "no", "1_000"])
def test_a_text_stays_as_it_was_written(load, write, minimal, text):
    assert load(f"model_save_dir={text}")["model_save_dir"] == text
    write("a.yaml", yaml.safe_dump(minimal) + f"model_save_dir: {text}\nfreeze: [{text}]\n")
    config = load()
    assert (config["model_save_dir"], config["freeze"]) == (text, [text])
    assert load(f"freeze=[{text}, stem]")["freeze"] == [text, "stem"]


def test_values_of_keys_that_take_other_types_keep_them(load):
    config = load("pretrained_model=yes", "use_ema=on", "TRAIN.num_workers=2")
    assert config["pretrained_model"] is True
    assert (config["use_ema"], config["TRAIN"]["num_workers"]) == (True, 2)
    assert load("pretrained_model=2026")["pretrained_model"] == "2026"
    assert load("pretrained_model=[2026, on]")["pretrained_model"] == ["2026", "on"]
    assert load("model_save_dir=null")["model_save_dir"] == "output"


@pytest.mark.parametrize("pair", ["class_weights={yes: 3, no: 1}", "class_weights.yes=3"])
def test_names_of_classes_as_keys(load, pair):
    config = load(pair)
    assert config["class_weights"]["yes"] == 3
    assert True not in config["class_weights"]
    assert config.where("class_weights.yes").startswith("-o class_weights")


def test_a_text_for_a_component_says_what_became_of_it(load, error_of):
    from ppclas_core.plugins.signature import coerce

    text = error_of(coerce, True, str, what="parameter 'logdir'")
    assert "parameter 'logdir' is True; it must be a text" in text
    assert "put it in quotes" in text


@pytest.mark.parametrize(("section", "value"), [("TRAIN", "names"), ("VALID", "indices")])
def test_the_key_labels_is_for_tables(load, error_of, section, value):
    assert f"'{section}.labels' has no effect: only tables" in error_of(load, f"{section}.labels={value}")
    assert load(f"{section}.labels={value}", f"{section}.file_list=x.CSV")[section]["labels"] == value


def test_a_dict_of_overrides_merges_sections_and_replaces_values(write, minimal):
    write("a.yaml", minimal)
    config = load_config("a.yaml", {"TRAIN": {"batch_size": 9}, "VALID.batch_size": 7, "epochs": 5})
    assert config["TRAIN"]["batch_size"] == 9
    assert len(config["TRAIN"]["transforms"]) == 4
    assert config["VALID"]["batch_size"] == 7
    assert config["epochs"] == 5
    assert config.where("TRAIN.batch_size") == "overrides TRAIN.batch_size"


@pytest.mark.parametrize(("overrides", "text"), [
    ({"epohcs": 3}, "overrides epohcs: the config has no 'epohcs'. Did you mean 'epochs'?"),
    ({"TRAIN": {"btach_size": 3}}, "overrides TRAIN.btach_size: unknown key 'btach_size' in TRAIN. Did you mean"),
    ({"TRAIN.batch_size": 0}, "overrides TRAIN.batch_size: TRAIN.batch_size is 0; it must be at least 1"),
    ("epochs=3", "overrides=['epochs=3']"),
])
def test_mistakes_in_a_dict_of_overrides_are_those_of_a_file(write, minimal, error_of, overrides, text):
    write("a.yaml", minimal)
    assert text in error_of(load_config, "a.yaml", overrides)


def test_a_parameter_dict_belongs_to_its_component(write, minimal):
    write("a.yaml", minimal)
    config = load_config("a.yaml", {"LEARNING_RATE": {"function": "Piecewise", "params": {"decay_epochs": [1]}}})
    assert config["LEARNING_RATE"]["params"] == {"decay_epochs": [1]}
