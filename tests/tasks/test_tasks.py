# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Tasks: metrics that merge to the same result over any division of the samples, and what follows from labels."""

from __future__ import annotations

import json
import typing
from pathlib import Path
from typing import Any, List

import numpy as np
import pytest

from ppclas_core.config.schema import BY_PATH
from ppclas_core.config.task_rules import RULES
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.tasks import TASKS, Multiclass, Multilabel, task_of, task_of_model

CLASSES = 11
NAMES = [f"class {index}" for index in range(CLASSES)]


def batches(task: Any, sizes: List[int]) -> List[Any]:
    """Outputs of random batches."""
    rng = np.random.default_rng(3)
    found = []
    for size in sizes:
        logits = (2 * rng.standard_normal((size, CLASSES))).astype(np.float32)
        single, sets = rng.integers(0, CLASSES - 1, size), (rng.random((size, CLASSES)) < 0.3).astype(np.float32)
        labels = single if task.activation == "softmax" else sets
        found.append(task.outputs(logits, labels, None, float(rng.integers(1, 9))))
    return found


@pytest.mark.parametrize("task", [Multiclass(topk=3), Multilabel(threshold=0.4)], ids=lambda task: task.name)
@pytest.mark.parametrize("ranks", [2, 3])
def test_merged_states_are_bit_for_bit_those_of_one_process(task: Any, ranks: int) -> None:
    found = batches(task, [5, 5, 5, 1, 4, 2])
    alone = task.evaluation_metrics(CLASSES)
    parts = [task.evaluation_metrics(CLASSES) for _ in range(ranks)]
    for index, outputs in enumerate(found):
        alone.update(outputs)
        parts[index % ranks].update(outputs)
    parts[-1].merge_states([part.states() for part in parts])
    merged, whole = parts[-1].compute(), alone.compute()
    assert {**merged, "ece": None} == {**whole, "ece": None}  # its confidences are sums of floats
    assert merged.get("ece", 0) == pytest.approx(whole.get("ece", 0), rel=1e-12)
    assert parts[-1].rows(NAMES) == alone.rows(NAMES)
    assert (parts[-1].samples, parts[-1].settings()) == (22, alone.settings())


@pytest.mark.parametrize(("task", "keys"), [
    (Multiclass(topk=3), {"topk", "samples", "top1", "within_k", "loss", "steps", "seconds"}),
    (Multilabel(threshold=0.4), {"threshold", "samples", "right", "found", "shown", "loss", "steps", "seconds"})])
def test_counts_of_an_epoch_survive_a_checkpoint(task: Any, keys: Any) -> None:
    whole, first, second = (task.step_metrics() for _ in range(3))
    one, other = batches(task, [7, 4])
    first.update(one, 0.5)
    state = json.loads(json.dumps(first.to_dict()))
    assert state.keys() == keys  # those of checkpoints of the first versions
    second.load(state)
    second.update(other, 0.25)
    for each in (one, other):
        whole.update(each)
    assert second.compute() == whole.compute()
    assert (second.steps, second.seconds) == (2, 0.75)


def test_every_task_of_the_schema_has_rules_and_a_class() -> None:
    names = set(typing.get_args(BY_PATH["task"].type))
    assert names == set(RULES) == set(TASKS)
    for name, task in TASKS.items():
        assert task.name == name
        assert RULES[name].monitor in task.logged_names
        for metric in (*task.step_names, *task.logged_names, *task.reported_names, *task.summary_names):
            assert name in catalogue().find("metric", metric).record.tasks
            assert metric in task.reported_names


def test_monitored_and_further_metrics_are_logged_once() -> None:
    config = {"task": "multiclass", "topk": 5, "classes_num": 3, "monitor": "ece", "metrics": ["macro_f1", "ece"]}
    task = task_of(config)
    assert task.logged == ["top1", "topk", "macro_f1", "ece"]
    assert (task.monitor.name, task.monitor.mode, task.topk) == ("ece", "min", 3)
    assert [metric.label for metric in task.metrics_named(task.step_names)] == ["top1", "top3"]
    assert task_of({**config, "monitor": "loss", "metrics": []}).logged == ["top1", "topk"]


def test_a_model_decodes_as_its_task_does() -> None:
    logits = np.array([2.0, -1.0, 1.0, -5.0], np.float32)
    best = task_of_model("multiclass").decode(logits, topk=2)
    assert [index for index, _ in best] == [0, 2]
    assert sum(score for _, score in task_of_model("multiclass").decode(logits)) == pytest.approx(1)
    sets = task_of_model("multilabel", 0.7)
    assert sets.decode(logits) == ((0, pytest.approx(1 / (1 + np.exp(-2)))), (2, pytest.approx(1 / (1 + np.exp(-1)))))
    assert [index for index, _ in sets.decode(logits, threshold=0.8)] == [0]
    assert [index for index, _ in sets.decode(logits, topk=3, threshold=0.0)] == [0, 2, 1]
    assert [index for index, _ in sets.decode(-logits, threshold=0.999)] == []


def test_an_example_says_what_is_wrong() -> None:
    logits = np.log(np.array([[0.03, 0.97]], np.float32))
    single = Multiclass()
    (wrong,), (right,) = (single.examples([7], logits, np.array([label])) for label in (0, 1))
    assert single.caption(wrong, ["tie", "shirt"], "7.jpg") == "tie as shirt 97 % (tie 3 %), 7.jpg"
    assert single.caption(right, ["tie", "shirt"], "8.jpg") == "shirt 97 %, 8.jpg"
    sets = Multilabel()
    (example,) = sets.examples([7], np.array([[3.0, 2.0, -4.0]], np.float32), np.array([[1.0, 0.0, 1.0]]))
    assert sets.caption(example, ["hat", "tie", "shirt"], "7.jpg") == (
        "hat 95 %, tie 88 %; missed: shirt; wrong: tie; 7.jpg")
    assert not example.correct


def test_the_docs_have_a_row_for_every_metric() -> None:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "training.md"
    if not page.is_file():
        pytest.skip("no docs beside these tests")
    table = page.read_text(encoding="utf-8").split("### Metrics by name")[1].split("## ")[0]
    named = {name for line in table.splitlines() if line.startswith("| `") for name in
             line.split("|")[1].replace("`", "").replace(",", " ").split()}
    assert named == set(catalogue().names("metric"))
