# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Whole trainings of a toy network."""

from __future__ import annotations

import json
import re
import resource
import sys
from pathlib import Path

import numpy as np
import pytest

from ppclas_core.testing.toy import toy_catalogue
from ppclas_core.training.evaluate import evaluate
from ppclas_core.training.run_training import train


def test_a_training_learns_and_leaves_a_run_folder(values, make_config):
    result = train(make_config(values))
    assert result.epochs == 3
    assert result.best_top1 is not None
    assert result.best_top1 > 0.6
    for name in ("0", "1", "2", "best_model", "last"):
        found = {path.name for path in (result.run_dir / name).iterdir()}
        assert found == {"ppcls.pdparams", "ppcls.pdopt", "state.json", "meta.yaml"}
    assert not [path for path in result.run_dir.iterdir() if path.name.startswith(".")]


def test_the_log_has_the_compatible_lines(values, make_config):
    folder = train(make_config(values)).run_dir
    log = (folder / "train.log").read_text(encoding="utf-8")
    number = r"-?\d+\.\d{4}"
    assert re.search(rf"epoch:0 train step:0 loss: +{number} top1: {number} top2: {number} lr: \d\.\d{{6}} "
                     r"elapse: \d+\.\d{3} s\n", log)
    assert re.search(rf"END epoch:2 train loss_avg: +{number} top1_avg: {number} top2_avg: {number} "
                     r"elapse_sum: \d+\.\d{3} s\n", log)
    assert re.search(rf"eval step:0 loss: +{number} top1: {number} top2: {number} elapse: \d+\.\d{{3}} s\n", log)
    assert re.search(r"The best top1 acc \d\.\d{5}, in epoch: \d\n", log)
    records = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [record["kind"] for record in records if record["kind"] != "step"] == ["epoch", "eval"] * 3


def test_the_evaluation_of_a_training_is_that_of_the_command(values, make_config):
    config = make_config(values)
    folder = train(config).run_dir
    logged = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()][-1]
    result = evaluate(config, folder / "last")
    assert (result.top1, result.topk, result.loss, result.samples) == (
        logged["top1"], logged["topk"], logged["loss"], 13)


def test_a_new_run_never_overwrites_an_old_one(values, make_config):
    values["epochs"] = 1
    config = make_config(values)
    folder = train(config).run_dir
    (folder / "mine.txt").write_text("keep", encoding="utf-8")
    train(config)
    train(config)
    assert (folder.with_name("ToyNet.1") / "mine.txt").read_text(encoding="utf-8") == "keep"
    assert (folder.with_name("ToyNet.2") / "last" / "state.json").is_file()
    assert not (folder / "mine.txt").exists()


def test_two_trainings_with_one_seed_are_equal(values, make_config, same_checkpoint):
    values["epochs"] = 2
    first = train(make_config(values)).run_dir
    first = first.rename(first.with_name("first"))
    same_checkpoint(first / "last", train(make_config(values)).run_dir / "last")


def test_the_meta_carries_labels_and_preprocessing(values, make_config):
    from ppclas_core.runs.meta import read_meta

    values["epochs"] = 1
    meta = read_meta(train(make_config(values)).run_dir / "best_model")
    assert meta is not None
    assert meta.preprocessing is not None
    assert meta.config is not None
    assert meta.labels == ["red", "green", "blue"]
    assert [next(iter(item)) for item in meta.preprocessing] == ["DecodeImage", "NormalizeImage", "ToCHWImage"]
    assert meta.config["TRAIN"]["batch_size"] == 8


def test_averaged_weights_are_what_is_evaluated_and_saved(values, make_config):
    from ppclas_core.weights.formats.pickles import read_pickle

    values.update(use_ema=True, ema_decay=0.9)
    config = make_config(values)
    folder = train(config).run_dir
    saved, raw = read_pickle(folder / "last" / "ppcls.pdparams"), read_pickle(folder / "last" / "ppcls.pdopt")
    assert not np.allclose(saved["head.fc.weight"], raw["raw/head.fc.weight"])
    logged = [json.loads(line) for line in Path(folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()][-1]
    assert evaluate(config, folder / "last").loss == logged["loss"]


def test_fine_tuning_takes_all_but_the_head(values, make_config, capsys):
    from ppclas_core.weights.formats.pickles import read_pickle

    folder = train(make_config(values)).run_dir
    folder = folder.rename(folder.with_name("first"))
    values.update(classes_num=5, epochs=1, pretrained_model=str(folder / "best_model" / "ppcls"))
    values["LEARNING_RATE"]["params"]["lr"] = 0.0
    tuned = train(make_config(values)).run_dir
    assert "head re-initialised (3 -> 5)" in capsys.readouterr().err
    before, after = (read_pickle(each / "ppcls.pdparams") for each in (folder / "best_model", tuned / "last"))
    assert (before["stem.conv.weight"] == after["stem.conv.weight"]).all()
    assert after["head.fc.weight"].shape == (16, 5)


def test_a_multiplier_of_0_freezes_a_stage(values, make_config):
    from ppclas_core.weights.formats.pickles import read_pickle

    values["ARCHITECTURE"]["params"] = {"lr_mult_list": [0.0, 1.0]}
    values["OPTIMIZER"].pop("regularizer")
    folder = train(make_config(values)).run_dir
    first, last = (read_pickle(folder / name / "ppcls.pdparams") for name in ("0", "last"))
    assert (first["stem.conv.weight"] == last["stem.conv.weight"]).all()
    assert (first["stages.0.0.conv.weight"] != last["stages.0.0.conv.weight"]).any()


def test_a_published_name_with_a_distribution_makes_the_folder_of_its_model(values, make_config):
    from ppclas_core.runs.folder import RunFolder

    values["ARCHITECTURE"]["name"] = "toy.py:ToyNet"
    assert RunFolder.of(make_config(values)).path.name == "ToyNet"


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux counts it")
def test_a_head_of_100000_classes_trains(values, ppclas_project):
    """16 features x 100,000 classes and batches of 8: the run takes less than 1 GB beyond what a small one takes."""
    toy_catalogue()
    del values["label_list"]
    values.update(epochs=1)
    project = ppclas_project({"toy.yaml": values})
    project.run("run", "toy.yaml").succeeded()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = project.run("run", "toy.yaml", "-o", "classes_num=100000").succeeded()
    used = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert used < 1000
    report = json.loads((project.folder / "output/ToyNet/report.json").read_text(encoding="utf-8"))
    assert report["samples"] == 13
    assert report["confusion"] is None
    assert len(report["per_class"]) <= 16
    assert re.search(r"epoch:0 train step:2 loss: +1[01]\.\d+", outcome.err)  # ln 100,000 = 11.5
    print(f"a head of 100,000 classes: {used:.0f} MB")
