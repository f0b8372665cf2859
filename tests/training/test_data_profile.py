# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""With `profile_data` an evaluation reports its time by stage: in the log, the report and the output of `eval`."""

from __future__ import annotations

import json
import time

import pytest

from ppclas_core.data.timing import Stages, hint, line, per_image
from ppclas_core.runs.log import read_records
from ppclas_core.testing.toy import toy_catalogue
from ppclas_core.training import inference_evaluation as quick_evaluation
from ppclas_core.training.evaluate import evaluate
from ppclas_core.training.run_training import train

STAGES = ["read", "decode", "NormalizeImage", "collate", "wait", "engine", "metrics"]


def test_each_evaluation_of_a_run_is_logged_and_recorded(values, make_config):
    values.update(profile_data=True, epochs=2)
    result = train(make_config(values))
    log = (result.run_dir / "train.log").read_text(encoding="utf-8")
    assert log.count("evaluation ms/image: read ") == 2
    rows = [row for row in read_records(result.run_dir) if row["kind"] == "eval_data"]
    assert [row["epoch"] for row in rows] == [0, 1]
    assert all(list(row) == ["kind", "epoch", *STAGES] for row in rows)
    assert "train" in next(row for row in read_records(result.run_dir) if row["kind"] == "data")


def test_the_main_thread_is_fully_accounted_for(values, make_config):
    """Wait, engine and metrics are all that it does between the first image and the last."""
    values.update(profile_data=True, epochs=1)
    values["VALID"]["num_workers"] = 2
    config = make_config(values)
    weights = train(config).run_dir
    fractions = []
    for _ in range(5):  # an evaluation takes 15 ms: a pause of the machine between two stages would be half of it
        started = time.perf_counter()
        result = evaluate(config, weights)
        whole = (time.perf_counter() - started) * 1000 / result.samples
        measured = sum(result.profile[stage] for stage in ("wait", "engine", "metrics"))
        assert measured < whole
        fractions.append(measured * result.samples / (result.seconds * 1000))
    assert max(fractions) > 0.5


def test_a_slow_stage_shows_up_under_its_name(values, make_config, monkeypatch):
    from ppclas_core.data.transforms.normalize import NormalizeImage
    from ppclas_core.metrics.metric_set import MetricSet

    values.update(epochs=1)
    weights = train(make_config(values)).run_dir
    config = make_config({**values, "profile_data": True})
    plain = [evaluate(config, weights).profile for _ in range(3)]  # the least of each: others use the machine too
    for owner, name, stage, seconds in ((NormalizeImage, "write", "NormalizeImage", 0.004),
                                        (MetricSet, "update", "metrics", 0.03)):
        original = getattr(owner, name)

        def delayed(*args, call=original, rest=seconds):
            time.sleep(rest)
            return call(*args)

        monkeypatch.setattr(owner, name, delayed)
        slow = evaluate(config, weights).profile
        assert slow[stage] - min(profile[stage] for profile in plain) > 2, stage
        monkeypatch.undo()


def test_the_time_of_the_export_is_not_counted_as_inference(values, make_config, monkeypatch):
    monkeypatch.setattr(quick_evaluation, "FROM_IMAGES", 5)
    values.update(epochs=1)
    weights = train(make_config(values)).run_dir
    profile = evaluate(make_config({**values, "profile_data": True}), weights).profile
    assert profile["export"] > profile["engine"] > 0


def test_nothing_is_measured_unless_asked(values, make_config):
    values.update(epochs=1)
    folder = train(make_config(values)).run_dir
    assert evaluate(make_config(values), folder).profile == {}
    assert "ms/image" not in (folder / "train.log").read_text(encoding="utf-8")


def test_the_command_prints_the_table_and_the_report_has_it(values, ppclas_project):
    toy_catalogue()
    values["VALID"]["transforms"].insert(1, {"CropImage": {"size": 16}})
    project = ppclas_project({"toy.yaml": {**values, "epochs": 1}})
    project.run("run", "toy.yaml", "--profile-data").succeeded()
    page = (project.folder / "output/ToyNet/report.html").read_text(encoding="utf-8")
    assert "Time of evaluations by stage" in page
    assert "<td>report</td>" in page
    stages = ["read", "decode", "CropImage", *STAGES[2:]]
    shown = project.run("eval", "toy.yaml", "--profile-data").succeeded().out
    assert [row.split()[0] for row in shown.splitlines()[1:]] == stages
    assert all(row.endswith(" ms/image") for row in shown.splitlines()[1:])
    assert set(json.loads(project.run("eval", "toy.yaml", "--profile-data", "--json").out)["profile"]) == set(stages)
    assert "ms/image" not in project.run("eval", "toy.yaml").succeeded().out
    assert "ms/image" in project.run("eval", "toy.yaml", "--engine", "paddle", "--profile-data").succeeded().out


def test_an_evaluation_that_waits_for_data_gets_a_hint():
    slow = {"read": 0.1, "decode": 2.0, "wait": 3.0, "engine": 0.9, "metrics": 0.1}
    assert hint(slow, "2 threads").startswith("evaluation waits for data 75% of the time, with 2 threads; the slowest "
                                              "stage is decode.")
    assert hint({**slow, "export": 2.1}, "2 threads") == ""
    assert line(slow, "evaluation").startswith("evaluation ms/image: read 0.10, ")


def test_the_main_thread_comes_last():
    stages = Stages(timed=True)
    for name in ("engine", "read", "wait", "metrics", "decode", "export"):
        stages.add(name, 1.0)
    assert list(per_image(stages, 1)) == ["read", "decode", "wait", "export", "engine", "metrics"]
    assert per_image(stages, 4)["read"] == pytest.approx(250)
