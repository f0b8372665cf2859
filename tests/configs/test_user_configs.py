# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Files that people kept since July 2020, in the full layout of that year, load as they stand.

With the keys that had no effect, or are derived today: total_images, is_test, use_aa, to_np, TEST, vdl_dir, texts for
numbers. They need the models and the ops that they name, and nothing else of ours.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import importlib_metadata
import pytest

from ppclas_core.config.load import load_config

IMAGENET = """\
    file_list: "./dataset/ILSVRC2012/{name}_list.txt"
    data_dir: "./dataset/ILSVRC2012/"
    shuffle_seed: 0
"""
DECODE = """\
        - DecodeImage:
            to_rgb: True
            to_np: False
            channel_first: False
"""
NORMALIZE = """\
        - NormalizeImage:
            scale: 1./255.
            mean: [0.485, 0.456, 0.406]
            std: [0.229, 0.224, 0.225]
            order: ''
        - ToCHWImage:
"""
VALID = """
VALID:
    batch_size: 64
    num_workers: 4
""" + IMAGENET.format(name="val") + "    transforms:\n" + DECODE + """\
        - ResizeImage:
            resize_short: 256
        - CropImage:
            size: 224
""" + NORMALIZE

RESNET50_VD = """\
mode: 'train'
ARCHITECTURE:
    name: 'ResNet50_vd'

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

use_mix: True
ls_epsilon: 0.1

LEARNING_RATE:
    function: 'Cosine'
    params:
        lr: 0.1

OPTIMIZER:
    function: 'Momentum'
    params:
        momentum: 0.9
    regularizer:
        function: 'L2'
        factor: 0.000070

TRAIN:
    batch_size: 256
    num_workers: 4
""" + IMAGENET.format(name="train") + "    transforms:\n" + DECODE + """\
        - RandCropImage:
            size: 224
        - RandFlipImage:
            flip_code: 1
""" + NORMALIZE + """\
    mix:
        - MixupOperator:
            alpha: 0.2
""" + VALID

EFFICIENTNET = """\
mode: 'train'
ARCHITECTURE:
    name: "EfficientNetB0"
    params:
        is_test: False
        padding_type : "SAME"
        override_params:
            drop_connect_rate: 0.1
pretrained_model: ""
model_save_dir: "./output/"
classes_num: 1000
total_images: 1281167
save_interval: 1
validate: True
valid_interval: 1
epochs: 360
topk: 5
image_shape: [3, 224, 224]
use_aa: True
use_ema: True
ema_decay: 0.9999
ls_epsilon: "1e-1"

LEARNING_RATE:
    function: 'ExponentialWarmup'
    params:
        lr: 0.032

OPTIMIZER:
    function: 'RMSProp'
    params:
        momentum: 0.9
        rho: 0.9
        epsilon: 1e-3
    regularizer:
        function: 'L2'
        factor: 1e-5

TRAIN:
    batch_size: 512
    num_workers: 4
""" + IMAGENET.format(name="train") + """\
    transforms:
        - DecodeImage:
            to_rgb: True
            to_np: Fals
            channel_first: False
        - RandCropImage:
            size: 224
            interpolation: 2
        - RandFlipImage:
            flip_code: 1
        - AutoAugment:
""" + NORMALIZE + VALID.replace("batch_size: 64", "batch_size: 128").replace(
    "resize_short: 256", "resize_short: 256\n            interpolation: 2")

OWN_DATA = """\
mode: train
ARCHITECTURE:
    name: "MobileNetV3_large_x1_0"
    params:
        lr_mult_list: [0.25, 0.25, 0.5, 0.5, 0.75]
pretrained_model: "./pretrained/MobileNetV3_large_x1_0_pretrained"
model_save_dir: "./output/"
vdl_dir: "./vdl"
use_gpu: False
classes_num: 17
total_images: 4242
save_interval: 5
validate: 1
valid_interval: 1
epochs: 40
topk: 3
image_shape: [3, 224, 224]
use_mix: 0
ls_epsilon: -1

LEARNING_RATE:
    function: 'Piecewise'
    params:
        lr: "1e-2"
        decay_epochs: [20, 30]
        gamma: 0.1

OPTIMIZER:
    function: 'Momentum'
    params:
        momentum: 0.9

TRAIN:
    batch_size: 64
    num_workers: 2
    file_list: "/data/fabrics/train.txt"
    data_dir: "/data/fabrics"
    delimiter: ","
    shuffle_seed: 3
    transforms:
""" + DECODE + """\
        - RandCropImage:
            size: [224, 224]
            scale: [0.5, 1.0]
        - RandFlipImage:
            flip_code: -1
        - NormalizeImage:
            scale: 1.0/255.0
            mean: [0.485, 0.456, 0.406]
            std: [0.229, 0.224, 0.225]
            order: ''
        - ToCHWImage:
""" + VALID + """
TEST:
    batch_size: 1
    num_workers: 1
    data_dir: "/data/fabrics/new"
"""

SMALL_EVALUATION = """\
mode: 'valid'
ARCHITECTURE:
    name: "ResNet50_vd"
pretrained_model: "./pretrained_model/ResNet50_vd_pretrained"
classes_num: 1000
total_images: 1281167
topk: 5
image_shape: [3, 224, 224]
""" + VALID.replace("batch_size: 64", "batch_size: 16")

Load = Callable[..., Any]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """`load(text, *distributions)`: the config; skips where a distribution that it needs is not installed."""
    monkeypatch.chdir(tmp_path)

    def loader(text: str, *distributions: str) -> Any:
        missing = [name for name in distributions if not list(importlib_metadata.distributions(name=name))]
        if missing:
            pytest.skip(f"not installed: {', '.join(missing)}")
        (tmp_path / "old.yaml").write_text(text, encoding="utf-8")
        return load_config("old.yaml")

    return loader


def values(config: Any) -> Any:
    """What a run depends on: without requirements, and with numbers as the ops read them."""
    plain = config.to_dict()
    del plain["requires"]
    for section in ("TRAIN", "VALID"):
        if plain[section] is not None:
            plain[section].pop("shuffle_seed", None)
            for item in plain[section]["transforms"]:
                item.get("DecodeImage", {}).pop("channel_first", None)  # False, as by default
    return plain


def test_an_old_resnet50_vd_is_the_one_that_is_shipped(load: Load) -> None:
    old = load(RESNET50_VD, "ppclas-models-resnet", "ppclas-augment-mix")
    assert [warning for warning in old.warnings if "'VALID.shuffle_seed'" not in warning] == []
    assert values(old) == values(load_config("ResNet/ResNet50_vd.yaml"))


def test_an_old_efficientnet_warns_of_what_was_dead_and_is_the_one_that_is_shipped(load: Load) -> None:
    old = load(EFFICIENTNET, "ppclas-models-efficientnet", "ppclas-augment-transform")
    new = values(load_config("EfficientNet/EfficientNetB0.yaml"))
    for key in ("is_test", "use_aa", "to_np"):
        assert sum(f"'{key}'" in warning for warning in old.warnings) == 1
    optimizer = old.to_dict()["OPTIMIZER"]
    assert {key: float(value) for key, value in optimizer["params"].items()} == new["OPTIMIZER"]["params"]
    assert {**values(old), "OPTIMIZER": None} == {**new, "OPTIMIZER": None}


def test_an_old_fine_tuning_on_own_data(load: Load) -> None:
    config = load(OWN_DATA, "ppclas-models-mobile")
    assert config["ARCHITECTURE"]["params"] == {"lr_mult_list": [0.25, 0.25, 0.5, 0.5, 0.75]}
    assert config["pretrained_model"] == "./pretrained/MobileNetV3_large_x1_0_pretrained"
    assert (config["device"], config["validate"], config["use_mix"], config["ls_epsilon"]) == ("cpu", True, False, 0.0)
    assert (config["classes_num"], config["total_images"], config["topk"]) == (17, 4242, 3)
    assert config["OPTIMIZER"]["regularizer"] is None
    assert (config["TRAIN"]["delimiter"], config["TRAIN"]["shuffle_seed"]) == (",", 3)
    assert config["TRAIN"]["transforms"][1] == {"RandCropImage": {"size": [224, 224], "scale": [0.5, 1.0]}}
    for key in ("vdl_dir", "TEST"):
        assert sum(f"'{key}'" in warning for warning in config.warnings) == 1


def test_an_old_evaluation_is_the_one_that_is_shipped(load: Load) -> None:
    old, new = load(SMALL_EVALUATION, "ppclas-models-resnet"), load_config("eval.yaml")
    assert {**values(old), "total_images": None} == values(new)
