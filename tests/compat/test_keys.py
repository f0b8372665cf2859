# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Configs in the form of July 2020 load as they stand; what that year ignored is a warning."""

from __future__ import annotations

import pytest
import yaml

from ppclas_core.config.load import config_from_dict, load_config
from ppclas_core.config.schema import KEYS

HEAD = """\
mode: 'train'
ARCHITECTURE:
    name: '{name}'
{params}
pretrained_model: ""
model_save_dir: "./output/"
classes_num: 1000
total_images: 1281167
save_interval: 1
validate: True
valid_interval: 1
epochs: 200
topk: 5
image_shape: [3, 224, 224]

{extra}

LEARNING_RATE:
    function: '{schedule}'
    params:
        lr: 0.1
{rate}
OPTIMIZER:
    function: '{optimizer}'
    params:
        momentum: 0.9
    regularizer:
        function: 'L2'
        factor: 0.000070

TRAIN:
    batch_size: 256
    num_workers: 4
    file_list: "./dataset/ILSVRC2012/train_list.txt"
    data_dir: "./dataset/ILSVRC2012/"
    shuffle_seed: 0
    transforms:
        - DecodeImage:
            to_rgb: True
            to_np: False
            channel_first: False
        - RandCropImage:
            size: 224
        - RandFlipImage:
            flip_code: 1
{augment}
        - NormalizeImage:
            scale: 1./255.
            mean: [0.485, 0.456, 0.406]
            std: [0.229, 0.224, 0.225]
            order: ''
        - ToCHWImage:
{mix}
VALID:
    batch_size: 64
    num_workers: 4
    file_list: "./dataset/ILSVRC2012/val_list.txt"
    data_dir: "./dataset/ILSVRC2012/"
    shuffle_seed: 0
    transforms:
        - DecodeImage:
            to_rgb: True
            to_np: False
            channel_first: False
        - ResizeImage:
            resize_short: 256
        - CropImage:
            size: 224
        - NormalizeImage:
            scale: 1.0/255.0
            mean: [0.485, 0.456, 0.406]
            std: [0.229, 0.224, 0.225]
            order: ''
        - ToCHWImage:
"""

EVALUATION = """\
mode: 'valid'
ARCHITECTURE:
    name: "ResNet50_vd"
pretrained_model: "./pretrained_model/ResNet50_vd_pretrained"
classes_num: 1000
total_images: 1281167
topk: 5
image_shape: [3, 224, 224]
VALID:
    batch_size: 16
    num_workers: 4
    file_list: "./dataset/ILSVRC2012/val_list.txt"
    data_dir: "./dataset/ILSVRC2012/"
    shuffle_seed: 0
    transforms:
        - DecodeImage:
        - ToCHWImage:
"""


def text(name="ResNet50_vd", params="", extra="", schedule="Cosine", rate="", optimizer="Momentum", augment="", mix=""):
    return HEAD.format(name=name, params=params, extra=extra, schedule=schedule, rate=rate, optimizer=optimizer,
                       augment=augment, mix=mix)


def line(file, part, nth=0):
    """`a.yaml:7` for the line that holds `part`."""
    numbers = [number for number, row in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if part in row]
    return f"{file.name}:{numbers[nth]}"


MIXUP = """\
    mix:
        - MixupOperator:
            alpha: 0.2
"""


def test_resnet50_vd_with_mixup(write):
    file = write("a.yaml", text(extra="use_mix: True\nls_epsilon: 0.1", mix=MIXUP))
    config = load_config("a.yaml")
    assert config["use_mix"] is True
    assert config["TRAIN"]["mix"] == [{"MixupOperator": {"alpha": 0.2}}]
    assert config["OPTIMIZER"]["regularizer"] == {"function": "L2", "factor": 7e-5}
    assert config["pretrained_model"] is None
    assert config.where("TRAIN.mix.0.MixupOperator.alpha") == line(file, "alpha")


def test_mobilenet_v3_with_label_smoothing_and_warm_up(write):
    write("a.yaml", text("MobileNetV3_large_x1_0", extra="use_mix: False\nls_epsilon: 0.1", schedule="CosineWarmup",
                         rate="        warmup_epoch: 5\n"))
    config = load_config("a.yaml")
    assert config["ls_epsilon"] == 0.1
    assert config["LEARNING_RATE"] == {"function": "CosineWarmup", "params": {"lr": 0.1, "warmup_epoch": 5}}


def test_efficientnet_with_dead_keys(write, caplog):
    params = ("    params:\n        is_test: False\n        padding_type: 'SAME'\n        override_params:\n"
              "            drop_connect_rate: 0.1\n")
    extra = "ls_epsilon: 0.1\nuse_aa: True\nuse_ema: True\nema_decay: 0.9999"
    content = text("EfficientNetB0", params, extra, optimizer="RMSProp", augment="        - AutoAugment:")
    file = write("a.yaml", content.replace("to_np: False", "to_np: Fals"))  # as one config of 2020 has it
    config = load_config("a.yaml")
    assert config["ARCHITECTURE"]["params"] == {"padding_type": "SAME", "override_params": {"drop_connect_rate": 0.1}}
    assert (config["use_ema"], config["ema_decay"]) == (True, 0.9999)
    assert config["OPTIMIZER"]["params"] == {"momentum": 0.9}
    warned = "\n".join(caplog.messages)
    assert len(caplog.messages) == len(config.warnings)
    for key in ("is_test", "use_aa", "to_np"):
        assert f"{line(file, key)}: '{key}'" in warned
    assert "use_aa" not in config


def test_piecewise_keys_under_cosine_warm_up_are_warnings(write):
    rate = "        decay_epochs: [30, 60, 90]\n        gamma: 0.1\n        warmup_epoch: 5\n"
    file = write("a.yaml", text(schedule="CosineWarmup", rate=rate))
    config = load_config("a.yaml")
    assert config["LEARNING_RATE"]["params"] == {"lr": 0.1, "warmup_epoch": 5}
    for key in ("decay_epochs", "gamma"):
        assert f"{line(file, key)}: '{key}' has no effect on CosineWarmup" in config.warnings


def test_smoothing_of_minus_one_is_off(write):
    write("a.yaml", text(extra="ls_epsilon: -1"))
    assert load_config("a.yaml")["ls_epsilon"] == 0.0


def test_the_evaluation_config_needs_no_training(write, error_of):
    write("a.yaml", EVALUATION)
    config = load_config("a.yaml")
    assert (config["TRAIN"], config["LEARNING_RATE"], config["epochs"]) == (None, None, None)
    assert "leaves out" in error_of(config.require, "TRAIN.batch_size")
    config.require("VALID.batch_size")


def test_every_key_of_the_schema_is_there(write):
    write("a.yaml", text(mix=MIXUP, extra="use_mix: True\nearly_stop: {patience: 3}"))
    config = load_config("a.yaml")
    for key in KEYS:
        left_out = key.section.endswith(".reader")
        assert not left_out or config.get_path(key.section) is None
        config.get_path(key.section if left_out else key.path)
    with pytest.raises(KeyError):
        config.get_path("TRAIN.nothing")


def test_origins_of_values(write):
    file = write("a.yaml", text())
    config = load_config("a.yaml", ["topk=3"])
    assert config.where("ARCHITECTURE.name") == line(file, "name:")
    assert config.where("TRAIN.transforms.1.RandCropImage.size") == line(file, "size: 224")
    assert config.where("topk") == "-o topk"
    assert config.where("seed") == config.where("TRAIN.drop_last") == "default"
    assert config.location("TRAIN.drop_last") == line(file, "TRAIN:")


def test_a_resolved_config_goes_through_yaml_unchanged(write, capsys):
    write("a.yaml", text(extra="use_mix: True\nuse_aa: True", mix=MIXUP))
    first = load_config("a.yaml")
    capsys.readouterr()
    again = config_from_dict(yaml.safe_load(yaml.safe_dump(first.to_dict())), "meta.yaml")
    assert again.to_dict() == first.to_dict()
    assert again.where("epochs") == "meta.yaml"
    assert capsys.readouterr().err == ""


def test_the_copy_of_a_config_is_its_own(write):
    write("a.yaml", text())
    config = load_config("a.yaml")
    config.to_dict()["TRAIN"]["batch_size"] = 1
    assert config["TRAIN"]["batch_size"] == 256
    with pytest.raises(TypeError):
        config["epochs"] = 3  # type: ignore[index]


def test_loading_imports_no_target(write):
    import subprocess
    import sys

    write("a.yaml", EVALUATION.replace("ResNet50_vd", "X"))
    code = ("import sys\nfrom ppclas_core.config.load import load_config\ntry:\n    load_config('a.yaml')\n"
            "except Exception as error:\n    assert 'X' in str(error), error\n"
            "print([m for m in ('paddle', 'cv2', 'numpy') if m in sys.modules])")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
