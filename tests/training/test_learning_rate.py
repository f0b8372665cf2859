# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Learning rates that follow the batch size, hints on them, and the command that plots them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from ppclas_core.config import Config
from ppclas_core.config.scaled_lr import schedule_parameters
from ppclas_core.config.sections import LearningRateSection
from ppclas_core.errors import UserError
from ppclas_core.report.line_chart import sparkline
from ppclas_core.testing.toy import toy_catalogue
from ppclas_core.training.lr_hint import lr_lines


def scaled(**lr):
    return schedule_parameters(LearningRateSection("Toy", {"lr": lr, "gamma": 0.3}), 64)


def test_a_rate_per_batch_follows_the_batch_size():
    params, line = scaled(value=0.1, per_batch="256")
    assert params == {"lr": 0.025, "gamma": 0.3}
    assert line == "lr 0.1 per 256 images is 0.025 for a batch of 64"


@pytest.mark.parametrize(("lr", "words"), [({"value": 0.1}, "per_batch"), ({"value": 0.1, "per_bach": 1}, "per_batch"),
                                           ({"value": "much", "per_batch": 1}, "a number"),
                                           ({"value": 0.1, "per_batch": 0}, "at least 1")])
def test_a_wrong_rate_per_batch_is_named(lr, words):
    with pytest.raises(UserError) as caught:
        scaled(**lr)
    assert words in str(caught.value)


def test_a_training_uses_and_logs_the_scaled_learning_rate(values, make_config, capsys):
    from ppclas_core.runs.log import read_records
    from ppclas_core.training.run_training import train

    values["LEARNING_RATE"]["params"]["lr"] = {"value": 0.64, "per_batch": 128}
    values["epochs"] = 1
    folder = train(make_config(values)).run_dir
    assert "lr 0.64 per 128 images is 0.04 for a batch of 8" in capsys.readouterr().err
    assert next(record["lr"] for record in read_records(folder) if record["kind"] == "step") == 0.04


def test_a_wrong_rate_per_batch_is_refused_with_its_location(values, make_config):
    from ppclas_core.checks.components import check_components

    values["LEARNING_RATE"]["params"]["lr"] = {"value": 0.64, "per_batsch": 128}
    with pytest.raises(UserError, match="per_batch"):
        check_components(make_config(values))


def hints(optimizer="Momentum", steps=100, epochs=30, batch=32, rate=lambda step: 0.01, **keys):
    config = {"LEARNING_RATE": {"params": {}}, "TRAIN": {"batch_size": batch}, "epochs": epochs,
              "OPTIMIZER": {"function": optimizer}, **keys}
    return " ".join(lr_lines(Config.of(config), rate, steps))


def test_rates_that_look_like_a_mistake_are_hinted_at():
    assert hints() == ""
    assert "high for a batch of 32; usual is 0.0125" in hints(rate=lambda step: 0.1)
    assert hints(rate=lambda step: 0.1, batch=256) == ""
    assert "high for AdamW" in hints("AdamW", rate=lambda step: 0.02)
    assert "still rising" in hints(rate=lambda step: step * 1e-6)
    assert "60 steps in all" in hints(steps=2)
    assert hints(steps=2, pretrained_model="weights") == ""


def test_a_curve_fits_in_a_line():
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█"
    assert len(sparkline([float(i % 9) for i in range(10_000)])) == 64
    assert sparkline([2.0]) == "▄"


@pytest.fixture
def project(values, ppclas_project):
    toy_catalogue()
    return ppclas_project({"toy.yaml": values})


def test_the_command_plots_what_the_training_will_use(project):
    said = project.run("lr", "toy.yaml", "-o", "epochs=12", "-o", "LEARNING_RATE.function=Polynomial").succeeded().out
    assert "Polynomial: 12 epochs of 3 steps" in said
    assert "epoch    0  0.05" in said
    assert "█" in said
    chart = ElementTree.parse(project.folder / "lr.svg").getroot()
    assert chart.tag == "{http://www.w3.org/2000/svg}svg"
    assert chart.find("{http://www.w3.org/2000/svg}polyline") is not None


def test_the_command_needs_no_data_when_the_steps_are_given(project):
    missing = ("-o", "TRAIN.file_list=nowhere.txt")
    assert "--steps N" in project.run("lr", "toy.yaml", *missing).err
    assert "3 epochs of 5 steps" in project.run("lr", "toy.yaml", *missing, "--steps", "5").succeeded().out
    assert "3 epochs of 10 steps" in project.run("lr", "toy.yaml", *missing, "-o", "total_images=80").succeeded().out
