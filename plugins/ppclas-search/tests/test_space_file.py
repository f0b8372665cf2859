# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A search file defines the varied keys; a mistake in it is reported with its line."""

from __future__ import annotations

import math
from typing import Any

import pytest

from ppclas_search.read_space import read_space
from ppclas_search.trial_config import Source, check_source


def test_the_space_of_the_document_has_196_points():
    space = read_space("search/ResNet50_vd_transfer_196.yaml")
    points = space.points()
    assert len(points) == space.size == 196
    assert space.trials == 20
    assert points[0] == {"LEARNING_RATE.params.lr": 0.1, "OPTIMIZER.regularizer.factor": 0.001, "ls_epsilon": 0.0,
                         "use_mix": False}
    assert {point["LEARNING_RATE.params.lr"] for point in points} == {.1, .03, .01, .003, .001, .0003, .0001}


@pytest.mark.parametrize("name", ["196", "wide"])
def test_every_value_of_the_shipped_spaces_is_possible(name):
    pytest.importorskip("ppclas_models_resnet", reason="needs ppclas-models-resnet")
    for plugin in ("mix", "transform", "erase"):
        pytest.importorskip(f"ppclas_augment_{plugin}", reason="needs the augmentation plugins")
    source = Source(read_space(f"search/ResNet50_vd_transfer_{name}.yaml"))
    assert check_source(source)["ARCHITECTURE"]["name"] == "ResNet50_vd"


@pytest.mark.parametrize(("text", "expected"), [
    ("serch: {}", "space.yaml:2: unknown key 'serch'. Did you mean 'search'?"),
    ("search: {ls_epsilon: [0.1]}", "space.yaml:2: 'ls_epsilon' has 1 value; a search needs at least two"),
    ("search:\n  use_mix: [false, true]\n  ls_epsilon: [0.1, 0.2, 0.1]",
     "space.yaml:4: the value 0.1 of 'ls_epsilon' is listed twice"),
    ("search:\n  ls_epsilon: {low: 0.1}", "space.yaml:3: the range of 'ls_epsilon' has no key 'high'"),
    ("search:\n  ls_epsilon: {low: 0.2, hihg: 0.1}", "unknown key 'hihg'. Did you mean 'high'?"),
    ("search:\n  ls_epsilon: {low: 0.2, high: 0.1}", "the range of 'ls_epsilon' goes from 0.2 to 0.1"),
    ("search:\n  ls_epsilon: {low: 0, high: 0.1, log: true}", "the logarithmic range of 'ls_epsilon' starts at 0"),
    ("search:\n  ls_epsilon: 0.1", "'ls_epsilon' is 0.1; it must be a list of values or a range"),
    ("objective: accuracy\nsearch: {ls_epsilon: [0, 0.1]}", "'objective' is 'accuracy', which is not a metric"),
    ("max_iter: 0\nsearch: {ls_epsilon: [0, 0.1]}", "'max_iter' is 0; it must be an integer of at least 1"),
    ("sampler: grid\nsearch: {ls_epsilon: {low: 0.0, high: 0.1}}", "a grid needs finitely many values"),
    ("sampler: grid\nstartup: 3\nsearch: {ls_epsilon: [0, 0.1]}", "'startup' has no effect on the sampler 'grid'"),
    ("search:\n  model_save_dir: [a, b]", "space.yaml:3: 'model_save_dir' cannot be searched"),
    ("search:\n  TRAIN: {variants: {a: {TRAIN.batch_size: 8}, b: {}}}\n  TRAIN.batch_size: [8, 16]",
     "space.yaml:4: 'TRAIN.batch_size' and 'TRAIN.batch_size' (space.yaml:3) set the same key"),
])
def test_a_mistake_is_reported_with_its_line(source, error_of, text, expected):
    assert expected in error_of(lambda: source(text))


def test_a_value_that_no_config_takes_is_reported_before_anything_is_trained(source, error_of):
    said = error_of(lambda: check_source(source(
        "search:\n  ls_epsilon: [0.0,\n    1.5]\n  TRAIN.batch_sise: [8, 16]\n  TRAIN.batch_size: [8, a]")))
    assert "space.yaml:4: ls_epsilon is 1.5" in said
    assert "space.yaml:5: 'TRAIN' has no 'batch_sise'. Did you mean 'batch_size'?" in said
    assert "space.yaml:6: " in said
    assert "'a'" in said


def test_a_changed_value_that_the_search_varies_is_refused(source, error_of):
    said = error_of(lambda: check_source(source("search: {ls_epsilon: [0, 0.1]}", "ls_epsilon=0.2")))
    assert "space.yaml:2: -o ls_epsilon has no effect" in said


def test_a_base_that_does_not_validate_is_refused(source, error_of):
    assert "does not validate" in error_of(lambda: check_source(source("search: {ls_epsilon: [0, 0.1]}",
                                                                       "validate=False")))


def test_an_objective_that_the_task_does_not_have_is_refused(source, error_of):
    labels = "task=multilabel"
    assert check_source(source("objective: mAP\nsearch: {ls_epsilon: [0, 0.1]}", labels))["LOSS"]["name"] == "BCELoss"
    said = error_of(lambda: check_source(source("objective: top1\nsearch: {ls_epsilon: [0, 0.1]}", labels)))
    assert "the objective is top1, which evaluations of the base config do not log" in said
    assert "mAP" in said
    said = error_of(lambda: check_source(source("objective: f1\nsearch: {ls_epsilon: [0, 0.1]}")))
    assert "top1, topk or loss" in said


def test_the_objective_is_the_monitored_metric_of_the_base(source):
    from ppclas_search.trial_config import with_objective

    text = "search: {ls_epsilon: [0, 0.1]}"
    for overrides, name, maximize in (((), "top1", True), (("task=multilabel",), "mAP", True),
                                      (("monitor=ece",), "ece", False)):
        space = with_objective(source(text, *overrides)).space
        assert (space.objective, space.maximize) == (name, maximize)
    assert with_objective(source(f"objective: loss\n{text}", "monitor=ece")).space.objective == "loss"
    assert check_source(source(f"objective: ece\n{text}", "metrics=[ece]"))["metrics"] == ["ece"]


def test_the_multilabel_metrics_are_reported(tmp_path):
    from types import SimpleNamespace

    from ppclas_core.system.paths import PathText
    from ppclas_core.tasks import Multilabel
    from ppclas_search.callback import SearchReport, read_report

    report = SearchReport(PathText(tmp_path / "report"))
    run: Any = SimpleNamespace(rank=SimpleNamespace(number=0), task=Multilabel())
    for epoch, value in enumerate((0.25, 0.5)):
        report.on_eval_end(run, {"epoch": epoch, "loss": 1.0, "mAP": value, "f1": 0.1, "macro_f1": 0.2})
    assert read_report(tmp_path / "report", "mAP") == {0: 0.25, 1: 0.5}
    assert read_report(tmp_path / "report", "top1") == {}


def test_a_variant_sets_several_keys_and_a_list_is_a_value(source):
    made = source("search:\n  size: {variants: {small: {TRAIN.batch_size: 4, epochs: 9}, usual: {}}}\n"
                  "  image_shape: [[3, 16, 16], [1, 16, 16]]")
    _size, shape = made.space.dimensions
    config = made.config_at({"size": "small", "image_shape": shape.values[1]})
    assert (config["TRAIN"]["batch_size"], config["epochs"], config["image_shape"]) == (4, 9, [1, 16, 16])
    assert made.config_at({"size": "usual", "image_shape": shape.values[0]})["epochs"] == 6


def test_ranges_draw_on_their_scale(source):
    import numpy as np

    space = source("search:\n  LEARNING_RATE.params.lr: {low: 1e-4, high: 1e-1, log: true}\n"
                   "  epochs: {low: 2, high: 11, step: 3}\n  ls_epsilon: {low: 0, high: 0.5}").space
    rate, epochs, smoothing = space.dimensions
    rng = np.random.default_rng(1)
    logs = np.log10(rate.draw(rng, 4000))
    assert logs.min() >= -4
    assert logs.max() <= -1
    assert abs(logs.mean() + 2.5) < 0.05
    assert epochs.finite() == [2, 5, 8, 11]
    assert set(epochs.draw(rng, 200)) == {2, 5, 8, 11}
    assert abs(float(np.mean(smoothing.draw(rng, 4000))) - 0.25) < 0.01
    assert rate.encode([1e-4, 1e-1, math.sqrt(1e-5)]) == pytest.approx([0, 1, 0.5])
    assert space.size is None
