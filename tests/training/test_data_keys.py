# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Keys of the data in whole trainings: automatic classes, class weights, shards, workers and stage times."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ppclas_core.checks.check import check
from ppclas_core.data.class_weights import loss_weights
from ppclas_core.data.from_config import settle_classes
from ppclas_core.data.readers.open import open_source
from ppclas_core.data.repacking.image import Options
from ppclas_core.data.repacking.repack import repack
from ppclas_core.errors import UserError
from ppclas_core.report.page import write_report
from ppclas_core.runs.meta import read_meta
from ppclas_core.training.evaluate import evaluate
from ppclas_core.training.run_training import train


def records(folder: Path, kind: str) -> list[dict[str, Any]]:
    lines = (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    return [record for record in map(json.loads, lines) if record["kind"] == kind]


def test_the_number_of_classes_can_come_from_the_data(values, make_config):
    values.update(classes_num="auto", epochs=1)
    for section in ("TRAIN", "VALID"):
        values[section]["transforms"].insert(1, {"ResizeImage": {"size": 16}})
    config = make_config(values)
    assert config["classes_num"] == "auto"  # reading a config touches no data
    assert any("3 classes" in str(finding) for finding in check(config))
    folder = train(config).run_dir
    meta = read_meta(folder / "last")
    assert meta is not None
    assert meta.num_classes == 3
    assert evaluate(config, folder / "last").samples == 13
    train(config, resume=True)  # finished; the config fits that of the run
    del values["label_list"]
    assert settle_classes(make_config(values))["classes_num"] == 3
    values.update(TRAIN=None, mode="valid")
    assert settle_classes(make_config(values))["classes_num"] == 3


def test_data_of_one_class_is_refused(values, make_config, squares):
    del values["label_list"]
    values["classes_num"] = "auto"
    (squares / "train.txt").write_text("train_0.png 0\n", encoding="utf-8")
    with pytest.raises(UserError, match="the data has 1 class"):
        train(make_config(values))


def test_class_weights_are_balanced_or_given_one_per_class(values, make_config):
    source = open_source(values["TRAIN"], where=str)
    source.labels = np.array([0] * 20 + [1] * 5 + [2] * 5)
    assert loss_weights(make_config(values), source) is None
    assert loss_weights(make_config({**values, "class_weights": "balanced"}), source) == [0.5, 2.0, 2.0]
    assert loss_weights(make_config({**values, "class_weights": [1, 2, 3.5]}), source) == [1.0, 2.0, 3.5]
    with pytest.raises(UserError, match="2 values, but there are 3 classes"):
        train(make_config({**values, "class_weights": [1, 2]}))
    with pytest.raises(UserError, match="class_weights"):
        make_config({**values, "class_weights": [-1, 1, 1]})


def test_a_class_of_weight_0_is_not_learnt(values, make_config):
    values.update(class_weights=[0.0, 1.0, 1.0], epochs=2)
    result = evaluate(make_config(values), train(make_config(values)).run_dir / "last")
    assert next(row for row in result.per_class if row["class"] == "red")["recall"] == 0


def test_training_from_shards_is_that_from_files_bit_for_bit(values, make_config, same_checkpoint, tmp_path):
    values["epochs"] = 1
    files = train(make_config(values)).run_dir
    for section, name in (("TRAIN", "train"), ("VALID", "val")):
        source = open_source({**values[section], "label_list": values["label_list"]}, where=str)
        repack(source, tmp_path / name, Options())
        values[section].update(data_dir=str(tmp_path / name))
        del values[section]["file_list"]
    values["model_save_dir"] = str(tmp_path / "from_shards")
    shards = train(make_config(values)).run_dir
    same_checkpoint(files / "last", shards / "last")
    assert records(files, "eval")[0]["loss"] == records(shards, "eval")[0]["loss"]


@pytest.mark.parametrize("tar", [False, True])
def test_check_reads_images_in_containers(values, make_config, tmp_path, tar):
    for section, name in (("TRAIN", "train"), ("VALID", "val")):
        values[section]["transforms"].insert(1, {"ResizeImage": {"size": 16}})
        repack(open_source(values[section], where=str), tmp_path / name, Options(), tar=tar)
        if tar:
            (tmp_path / name / "repack.json").unlink()
        values[section]["data_dir"] = str(tmp_path / name)
        del values[section]["file_list"]
    found = [str(finding) for finding in check(make_config(values))]
    assert "ok: TRAIN: 30 images, 3 classes" in found
    assert "ok: VALID: 13 images tried, 13 are fine" in found


def test_the_option_of_the_command_sets_the_key(values, make_config, monkeypatch):
    from ppclas_core.cli.commands import train as command

    monkeypatch.setattr(command, "config_from", lambda args: args.overrides)
    parser = argparse.ArgumentParser()
    command.add_training_arguments(parser)
    assert command.training_config(parser.parse_args(["x.yaml", "--profile-data"])) == ["profile_data=True"]
    assert command.training_config(parser.parse_args(["x.yaml", "-o", "a=1"])) == ["a=1"]


@pytest.mark.parametrize("keys", [{"worker_type": "threads"}, {"worker_type": "processes"}, {"cache": "ram"},
                                  {"num_workers": "auto"}])
def test_workers_and_caches_change_nothing_that_is_learnt(values, make_config, same_checkpoint, tmp_path, keys):
    values["epochs"] = 2
    alone = train(make_config(values)).run_dir
    values["TRAIN"].update({"num_workers": 2, **keys})
    values["model_save_dir"] = str(tmp_path / "other")
    same_checkpoint(alone / "last", train(make_config(values)).run_dir / "last")


def test_the_kind_of_worker_is_logged_once(values, make_config):
    values["TRAIN"]["num_workers"] = 2
    log = (train(make_config(values)).run_dir / "train.log").read_text(encoding="utf-8")
    assert log.count("training data: 2 threads (the ops release the GIL)") == 1


def test_times_are_reported_on_request(values, make_config):
    values.update(profile_data=True, print_interval=1, epochs=2)
    folder = train(make_config(values)).run_dir
    log = (folder / "train.log").read_text(encoding="utf-8")
    assert log.count("data ms/image: read ") == 2 * (3 + 1)
    for stage in ("read", "decode", "RandFlipImage", "NormalizeImage", "collate", "wait", "train"):
        assert f"{stage} 0." in log or f"{stage} " in log
    rows = records(folder, "data")
    assert [row["epoch"] for row in rows] == [0, 1]
    assert all(row["train"] > 0 and row["decode"] > 0 for row in rows)
    page = write_report(folder, {"architecture": "ToyNet", "run_dir": "x"}, [*records(folder, "epoch"), *rows], "")
    assert "Time of data loading by stage" in page.read_text(encoding="utf-8")
    values.update(profile_data=False, model_save_dir=str(folder.parent / "quiet"))
    quiet = train(make_config(values)).run_dir
    assert "ms/image" not in (quiet / "train.log").read_text(encoding="utf-8")
    assert not records(quiet, "data")


def test_a_training_that_waits_for_data_gets_a_hint():
    from ppclas_core.data.timing import hint

    slow = {"read": 0.1, "decode": 2.0, "collate": 0.1, "wait": 3.0, "train": 1.0}
    assert hint(slow, "2 threads (x)").startswith("training waits for data 75% of the time, with 2 threads (x); the "
                                                  "slowest stage is decode.")
    assert hint({**slow, "train": 3.1}, "2 threads") == ""
    assert hint({}, "2 threads") == ""
