# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The configs of the SSLD stages resolve to the published hyperparameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ppclas_core.config.load import load_config

ROOT = Path(__file__).resolve().parents[2]

STAGES = [
    ("R50_vd_1_unlabelled", "ResNeXt101_32x16d_wsl_distill_ResNet50_vd", 360, 1024, 0.4, 7e-5),
    ("R50_vd_2_imagenet", "ResNeXt101_32x16d_wsl_distill_ResNet50_vd", 60, 1024, 0.004, 7e-5),
    ("R50_vd_v2_autoaugment", "ResNeXt101_32x16d_wsl_distill_ResNet50_vd", 360, 1024, 0.4, 2e-5),
    ("MV3_large_1_unlabelled", "ResNet50_vd_distill_MobileNetV3_large_x1_0", 360, 5760, 3.65625, 1e-5),
    ("MV3_large_2_imagenet", "ResNet50_vd_distill_MobileNetV3_large_x1_0", 30, 2048, 0.008, 1e-5),
]
"""Name, pair, epochs, global batch, rate, L2."""


@pytest.fixture(autouse=True)
def families(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("ppclas_distill", "ppclas_models_resnet", "ppclas_models_resnext", "ppclas_models_mobile",
                   "ppclas_augment_transform"):
        pytest.importorskip(module)
    monkeypatch.chdir(tmp_path)


def load(name: str) -> Any:
    config = load_config(f"SSLD/{name}.yaml")
    assert config.warnings == []
    return config


@pytest.mark.parametrize(("name", "pair", "epochs", "batch", "rate", "decay"), STAGES, ids=lambda value: str(value))
def test_a_stage_has_its_published_values(name, pair, epochs, batch, rate, decay):
    config = load(name)
    assert (config["ARCHITECTURE"]["name"], config["epochs"], config["TRAIN"]["batch_size"]) == (pair, epochs, batch)
    assert config["LEARNING_RATE"]["function"] == "CosineWarmup"
    assert config["LEARNING_RATE"]["params"]["lr"] == rate
    assert config["OPTIMIZER"]["regularizer"] == {"function": "L2", "factor": decay}
    assert (config["LOSS"]["name"], config["DISTILLATION"]) == ("JSDivLoss", {"teacher": pair.split("_distill_")[0]})
    big = epochs == 360
    assert config["TRAIN"]["file_list"] == f"./dataset/{'ssld' if big else 'ILSVRC2012'}/train_list.txt"
    assert isinstance(config["pretrained_model"], str if big else list)
    ops = [next(iter(item)) for item in config["TRAIN"]["transforms"]]
    assert ("AutoAugment" in ops or "ImageNetPolicy" in ops) is ("autoaugment" in name)


def test_fix_trains_the_classifier_alone_as_it_is_tested():
    config = load("R50_vd_v2_fix320")
    assert config["freeze"] == ["backbone"]
    assert config["image_shape"] == [3, 320, 320]
    assert config["TRAIN"]["transforms"] == config["VALID"]["transforms"]
    assert not config["use_distillation"]


def test_fine_tuning_from_distilled_weights_has_multipliers_for_every_stage():
    phone = load("MV3_large_finetune")
    assert phone["ARCHITECTURE"]["params"]["lr_mult_list"] == [0.25, 0.25, 0.5, 0.5, 0.75]
    assert load_config("quick_start/ResNet50_vd_ssld_finetune.yaml")["ARCHITECTURE"]["params"]["lr_mult_list"] == [
        0.2, 0.2, 0.4, 0.4, 0.6]


def test_all_of_them_are_tested_here():
    tested = {name for name, *_ in STAGES} | {"R50_vd_v2_fix320", "MV3_large_finetune"}
    assert {path.stem for path in (ROOT / "configs/SSLD").glob("*.yaml")} == tested
