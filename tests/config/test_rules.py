# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Unknown, misspelt, contradictory and useless keys are errors; the first pass finds them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from ppclas_core.config.load import config_from_dict, load_config
from ppclas_core.plugins.install import how_to_install


def changed(config, path, value):
    *parents, leaf = path.split(".")
    for parent in parents:
        config = config.setdefault(parent, {})
    config[leaf] = value


@pytest.mark.parametrize(("path", "value", "part"), [
    ("epoch", 3, "unknown key 'epoch'. Did you mean 'epochs'?"),
    ("TRAIN.batchsize", 3, "unknown key 'batchsize' in TRAIN. Did you mean 'batch_size'?"),
    ("batch_size", 3, "The key is TRAIN.batch_size or VALID.batch_size."),
    ("TRAIN.topk", 3, "It belongs at the top level."),
    ("ARCHITECTURE.name", "ResNet50vd", "unknown backbone 'ResNet50vd'. Did you mean 'ResNet50_vd'?"),
    ("LEARNING_RATE.function", "cosine", "unknown schedule 'cosine'. Did you mean 'Cosine'?"),
    ("LOSS.name", "CEloss", "unknown loss 'CEloss'. Did you mean 'CELoss'?"),
    ("TRAIN.transforms", [{"DecodImage": None}], "unknown op 'DecodImage'. Did you mean 'DecodeImage'?"),
    ("TRAIN.transforms", [{"MixupOperator": None}], "it belongs under TRAIN.mix"),
    ("callbacks", [{"Loger": {}}], "unknown callback 'Loger'. Did you mean 'Logger'?"),
    ("TRAIN.transforms", [{"DecodeImage": 3}], "the parameters of DecodeImage are 3"),
    ("TRAIN.transforms", [{"DecodeImage": {}, "CropImage": {}}], "must be one name with its parameters"),
    ("TRAIN", [1], "TRAIN is [1]; it must be a section"),
    ("TRAIN.batch_size", "x", "TRAIN.batch_size is 'x'; it must be a whole number"),
    ("TRAIN.batch_size", 0, "it must be at least 1"),
    ("classes_num", 1, "it must be at least 2"),
    ("ls_epsilon", 1.5, "it must be 0 to 1, or -1 for off"),
    ("ls_epsilon", -0.5, "0 to 1, or -1 for off"),
    ("mode", "tarin", "one of: train, valid"),
    ("image_shape", [3, 224], "it must have 3 values"),
    ("use_mix", 2, "use_mix is 2; it must be true or false"),
    ("use_mix", True, "'use_mix' is True but TRAIN lists no 'mix'"),
    ("TRAIN.mix", [{"MixupOperator": {}}], "'TRAIN.mix' has no effect unless 'use_mix' is True"),
    ("ema_decay", 0.9, "'ema_decay' has no effect unless 'use_ema' is True"),
    ("amp_scale_loss", 128.0, "'amp_scale_loss' has no effect unless 'use_fp16' is True"),
    ("TRAIN.bad_image_budget", 0.1, "unless 'TRAIN.on_bad_image' is skip"),
    ("validate", False, None),
    ("VALID", None, "'validate' is True but there is no section VALID"),
    ("TRAIN", None, "the section TRAIN is missing"),
    ("TRAIN.data_dir", None, "TRAIN names no data"),
    ("epochs", None, "the config needs the key 'epochs'"),
    ("OPTIMIZER.regularizer", {"function": "L2"}, "'OPTIMIZER.regularizer' needs the key 'factor'"),
    ("use_distillation", True, how_to_install("ppclas-distill")),
])
def test_one_mistake_is_one_clear_error(minimal, error_of, path, value, part):
    changed(minimal, path, value)
    if part is None:
        config_from_dict(minimal)
    else:
        text = error_of(config_from_dict, minimal, "my.yaml")
        assert part in text
        assert "my.yaml" in text


def test_all_mistakes_of_a_file_are_reported_at_once_with_their_lines(write, error_of):
    write("a.yaml", "ARCHITECTURE: {name: ResNet51_vd}\nepoks: 3\nuse_gpu: maybe\n"
          "LEARNING_RATE: {function: Cosine}\nTRAIN:\n  batch_size: 4\n  data_dir: x\n  transforms:\n"
          "    - DecodImage:\nvalidate: False\n")
    text = error_of(load_config, "a.yaml")
    assert "a.yaml:1: unknown backbone 'ResNet51_vd'" in text
    assert "a.yaml:2: unknown key 'epoks'. Did you mean 'epochs'?" in text
    assert "a.yaml:3: use_gpu is 'maybe'" in text
    assert "a.yaml:9: unknown op 'DecodImage'" in text
    assert "needs the key 'epochs'" not in text  # it is there, misspelt


def test_switching_off_on_the_command_line_only_warns(write, minimal, error_of):
    changed(minimal, "TRAIN.mix", [{"Mixup": {}}])
    minimal.update(use_mix=True, use_ema=True, ema_decay=0.9)
    write("a.yaml", minimal)
    config = load_config("a.yaml", ["use_mix=False", "use_ema=False"])
    assert (config["TRAIN"]["mix"], config["ema_decay"]) == ([], None)
    assert len(config.warnings) == 2
    minimal["use_mix"] = False
    assert "TRAIN.mix" in error_of(config_from_dict, minimal)


def test_legacy_forms_of_numbers_and_switches_are_read(minimal):
    minimal.update(use_mix=0, use_ema=1, ema_decay="1e-1", epochs="3", use_fp16="True", amp_scale_loss="1e3")
    config = config_from_dict(minimal)
    assert (config["use_mix"], config["use_ema"], config["ema_decay"]) == (False, True, 0.1)
    assert (config["epochs"], config["use_fp16"], config["amp_scale_loss"]) == (3, True, 1000.0)


def test_use_gpu_false_means_the_cpu(minimal, error_of):
    assert config_from_dict({**minimal, "use_gpu": False})["device"] == "cpu"
    assert config_from_dict({**minimal, "use_gpu": True})["device"] == "auto"
    assert config_from_dict({**minimal, "device": "cpu"})["use_gpu"] is False
    assert "use_gpu is False" in error_of(config_from_dict, {**minimal, "use_gpu": False, "device": "gpu"})


def test_published_weights_name_an_architecture_too(minimal):
    changed(minimal, "ARCHITECTURE.name", "ResNet50_vd_ssld")
    minimal["pretrained_model"] = True
    config = config_from_dict(minimal)
    assert config["ARCHITECTURE"]["name"] == "ResNet50_vd_ssld"
    assert config["pretrained_model"] is True


def test_momentum_is_the_default_of_momentum_alone(minimal):
    assert config_from_dict(minimal)["OPTIMIZER"] == {
        "function": "Momentum", "params": {"momentum": 0.9}, "regularizer": None,
        "no_weight_decay": [], "layer_decay": None, "grad_clip": {}}
    changed(minimal, "OPTIMIZER", {"function": "AdamW"})
    assert config_from_dict(minimal)["OPTIMIZER"]["params"] == {}


def test_checkpoints_win_over_pretrained_weights_with_a_warning(minimal):
    config = config_from_dict({**minimal, "pretrained_model": "a", "checkpoints": "b"})
    assert any("'pretrained_model' has no effect" in warning for warning in config.warnings)


def test_an_op_may_be_written_without_a_colon(minimal):
    minimal["TRAIN"]["transforms"][-1] = "ToCHWImage"
    assert config_from_dict(minimal)["TRAIN"]["transforms"][-1] == {"ToCHWImage": {}}


def test_a_config_without_a_file_has_its_origin_and_no_path(minimal):
    config = config_from_dict(minimal, "notebook")
    assert config.path is None
    assert config.where("epochs") == "notebook"
    assert "notebook" in repr(config)


def test_a_config_of_a_file_knows_its_path(write, minimal):
    write("a.yaml", minimal)
    assert load_config(Path("a.yaml")).path == Path("a.yaml")
