# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: The commands run, train and eval as a user types them."""

from __future__ import annotations

import json

import pytest

from ppclas_core.testing.toy import toy_catalogue


@pytest.fixture
def project(values, ppclas_project):
    toy_catalogue()
    return ppclas_project({"toy.yaml": values})


def test_run_trains_evaluates_and_reports(project, values):
    outcome = project.run("run", "toy.yaml", "-o", "epochs=2").succeeded()
    folder = project.folder / "output" / "ToyNet"
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert f"top1       {report['top1']:.5f} on 13 images" in outcome.out
    assert str(folder) in outcome.out
    assert report["epochs"] == 2
    assert [row["class"] for row in report["per_class"]] == ["red", "green", "blue"]
    assert sum(row["samples"] for row in report["per_class"]) == 13
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 3
    assert "http" not in page.replace("http-equiv", "")
    assert "epoch:0 train step:0 loss:" in outcome.err


def test_eval_prints_what_the_training_found(project):
    project.run("train", "toy.yaml").succeeded()
    said = json.loads(project.run("eval", "toy.yaml", "--json").succeeded().out)
    log = (project.folder / "output/ToyNet/train.log").read_text(encoding="utf-8")
    assert f"The best top1 acc {said['top1']:.5f}" in log
    assert said["samples"] == 13
    again = project.run("eval", "toy.yaml", "-o", "pretrained_model=output/ToyNet/best_model/ppcls").succeeded().out
    assert again == f"top1 {said['top1']:.5f}  top2 {said['topk']:.5f}  loss {said['loss']:.5f}  samples 13\n"
    assert again == project.run("eval", "toy.yaml", "--weights", "output/ToyNet/best_model").succeeded().out


def test_eval_counts_every_image_at_any_batch_size(project):
    project.run("train", "toy.yaml", "-o", "epochs=1").succeeded()
    answers = set()
    for batch in (1, 4, 13, 64):
        found = json.loads(project.run("eval", "toy.yaml", "-o", f"VALID.batch_size={batch}", "--json").succeeded().out)
        answers.add((found["samples"], found["top1"], found["topk"], round(found["loss"], 5)))
    assert len(answers) == 1


def test_eval_without_weights_says_what_is_missing(project):
    outcome = project.run("eval", "toy.yaml")
    assert outcome.code == 2
    assert "no weights to evaluate" in outcome.err
    assert "--weights PATH" in outcome.err


def test_eval_refuses_a_head_of_other_classes(project):
    project.run("train", "toy.yaml", "-o", "epochs=1").succeeded()
    outcome = project.run("eval", "toy.yaml", "-o", "classes_num=5")
    assert outcome.code == 2
    assert "3 classes" in outcome.err


def test_resume_of_a_finished_run_exits_with_0(project):
    project.run("run", "toy.yaml", "-o", "epochs=1").succeeded()
    assert "is finished" in project.run("run", "toy.yaml", "-o", "epochs=1", "--resume").succeeded().err


def test_resume_with_a_changed_key_exits_with_2(project):
    project.run("train", "toy.yaml", "-o", "epochs=1").succeeded()
    outcome = project.run("train", "toy.yaml", "-o", "epochs=2", "--resume")
    assert outcome.code == 2
    assert "epochs: was 1, now 2" in outcome.err
    project.run("train", "toy.yaml", "-o", "epochs=2", "--resume", "--allow", "epochs").succeeded()


def test_allow_alone_is_refused(project):
    assert project.run("train", "toy.yaml", "--allow", "epochs").code == 2


def test_training_without_validation_keeps_the_last(project):
    outcome = project.run("run", "toy.yaml", "-o", "validate=False", "-o", "epochs=1").succeeded()
    assert "checkpoint output" in outcome.out or "/last" in outcome.out
    assert not (project.folder / "output/ToyNet/best_model").exists()


def test_every_command_with_a_config_counts_the_classes_where_they_are_auto(values, ppclas_project):
    toy_catalogue()
    for section in ("TRAIN", "VALID"):
        values[section]["transforms"].insert(1, {"ResizeImage": {"size": 16}})
    project = ppclas_project({"toy.yaml": values})
    auto = ("toy.yaml", "-o", "classes_num=auto", "-o", "epochs=1")
    assert "ready" in project.run("check", *auto).succeeded().out
    assert "classes_num: auto" in project.run("show", *auto).succeeded().out
    assert "1 epochs of 3 steps" in project.run("lr", *auto).succeeded().out
    assert "1 epochs of 7 steps" in project.run("lr", *auto, "-o", "TRAIN.file_list=away.txt", "-o", "label_list=",
                                                "--steps", "7").succeeded().out
    assert "1 rows" in project.run("augment", "toy.yaml", "data/train_0.png", "-o", "classes_num=auto",
                                   "-o", "picture.png").succeeded().out
    project.run("run", *auto).succeeded()
    assert json.loads(project.run("eval", *auto, "--json").succeeded().out)["samples"] == 13
    assert json.loads(project.run("eval", *auto, "--json", "--engine", "paddle").succeeded().out)["samples"] == 13
    project.run("report", "output/ToyNet").succeeded()
    assert "is finished" in project.run("run", *auto, "--resume").succeeded().err
