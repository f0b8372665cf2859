# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`KEY=VALUE` after a config, in every command that takes one."""

from __future__ import annotations

import pytest

from ppclas_core.testing import toy

CONFIG = {
    "ARCHITECTURE": {"name": "ToyNet"}, "epochs": 2, "classes_num": 2, "image_shape": [3, 16, 16],
    "LEARNING_RATE": {"function": "Cosine", "params": {"lr": 0.1}},
    "TRAIN": {"batch_size": 4, "data_dir": "images",
              "transforms": [{"DecodeImage": None}, {"NormalizeImage": None}, {"ToCHWImage": None}]},
}


@pytest.fixture
def show(ppclas_project):
    """`show(*arguments)` runs `ppclas show`, for which the toy network is installed."""
    project = ppclas_project({"toy.yaml": {**CONFIG, "validate": False}})
    return lambda *arguments: project.run("show", *arguments, "--plugin", toy.__file__)


@pytest.mark.parametrize("line", [
    "toy.yaml epochs=3 TRAIN.batch_size=8", "toy.yaml -o epochs=3 TRAIN.batch_size=8",
    "toy.yaml epochs=3 -o TRAIN.batch_size=8", "-o epochs=3 toy.yaml TRAIN.batch_size=8",
    "-c toy.yaml epochs=3 TRAIN.batch_size=8", "epochs=3 -c toy.yaml TRAIN.batch_size=8",
    "toy.yaml -o epochs=9 epochs=3 TRAIN.batch_size=8", "toy.yaml epochs=9 epochs=3 TRAIN.batch_size=8",
    "-c toy.yaml epochs=9 epochs=3 TRAIN.batch_size=8", "-c toy.yaml -o epochs=9 -o TRAIN.batch_size=8 epochs=3",
])
def test_a_key_and_its_value_stand_anywhere_after_the_config(show, line):
    out = show(*line.split()).succeeded().out
    assert "epochs: 3 " in out
    assert "batch_size: 8 " in out


@pytest.mark.parametrize(("line", "text"), [
    ("toy.yaml epcohs=3", "the config has no 'epcohs'. Did you mean 'epochs'?"),
    ("toy.yaml other.yaml", "unexpected argument 'other.yaml'; expected KEY=VALUE"),
    ("toy.yaml -c other.yaml", "two configs are given"),
    ("toy.yaml --epochs 1", "ppclas show has no option --epochs; it is a config key, which follows the config without "
     "dashes\n  write: epochs=1"),
    ("toy.yaml --batch-size=8", "write: TRAIN.batch_size=8 or VALID.batch_size=8"),
    ("--lr 0.1 toy.yaml", "write: LEARNING_RATE.params.lr=0.1"),
    ("toy.yaml --use-fp16", "write: use_fp16=VALUE"),
    ("epochs=3", "no config is given"),
    ("epochs=3 TRAIN.batch_size=8", "no config is given"),
])
def test_mistakes_name_the_word(show, line, text):
    outcome = show(*line.split())
    assert outcome.code == 2
    assert text in outcome.err


def test_a_config_whose_name_has_an_equals_sign_is_a_config(ppclas_project):
    project = ppclas_project({"lr=0.1.yaml": {**CONFIG, "validate": False}})
    out = project.run("show", "lr=0.1.yaml", "epochs=3", "--plugin", toy.__file__).succeeded().out
    assert "epochs: 3 " in out


def test_every_command_with_a_config_takes_them(ppclas_project):
    project = ppclas_project({})
    for command in ("run", "train", "eval", "check", "show", "lr", "report", "finetune"):
        assert "[KEY=VALUE ...]" in project.run(command, "--help").out
