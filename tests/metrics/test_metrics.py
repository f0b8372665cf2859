# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Metrics of single-label images, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ppclas_core.metrics.accuracy import Top1, TopK
from ppclas_core.metrics.calibration import CalibrationError
from ppclas_core.metrics.confusion import ConfusionMatrix
from ppclas_core.metrics.metric_set import MetricSet
from ppclas_core.metrics.outputs import SingleLabelOutputs, dominant_labels, ranks
from ppclas_core.metrics.per_class import BalancedAccuracy, ClassTable, MacroF1
from ppclas_core.plugins.catalogue import catalogue, resolve

SCORES = np.array([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2], [0.2, 0.2, 0.6], [np.nan, 1.0, 2.0]], np.float32)


def outputs_of(predicted: Any, labels: Any, classes: int = 4, loss: float = 0.0) -> SingleLabelOutputs:
    """Outputs with these predictions."""
    return SingleLabelOutputs(np.eye(classes, dtype=np.float32)[np.array(predicted)], np.array(labels), loss)


def test_the_rank_is_that_of_the_true_class() -> None:
    assert ranks(SCORES, np.array([1, 2, 0, 0])).tolist() == [0, 2, 1, 3]


def test_of_equal_scores_only_one_class_ranks_first() -> None:
    flat = np.zeros((3, 3), np.float32)
    assert ranks(flat, np.array([0, 1, 2])).tolist() == [0, 1, 2]


def test_batches_of_any_size_average_by_sample() -> None:
    metrics = MetricSet([Top1(), TopK(2)])
    metrics.update(SingleLabelOutputs(SCORES[:1].repeat(4, axis=0), np.array([1, 1, 1, 2]), 1.0), 0.5)
    metrics.update(SingleLabelOutputs(SCORES[:1], np.array([0]), 6.0), 0.25)
    assert metrics.compute() == {"loss": 2.0, "top1": 0.6, "topk": 0.8}
    assert (metrics.samples, metrics.steps, metrics.seconds, metrics.settings()) == (5, 2, 0.75, {"k": 2})
    metrics.reset()
    assert metrics.compute() == {"loss": 0.0, "top1": 0.0, "topk": 0.0}


def test_a_mixed_batch_counts_for_the_label_of_larger_weight() -> None:
    y_a, y_b = np.array([1, 2]), np.array([3, 4])
    assert dominant_labels(y_a, None).tolist() == [1, 2]
    assert dominant_labels(y_a, (y_a, y_b, 0.6)).tolist() == [1, 2]
    assert dominant_labels(y_a, (y_a, y_b, 0.4)).tolist() == [3, 4]
    assert dominant_labels(y_a, (y_a, y_b, np.array([0.9, 0.1]))).tolist() == [1, 4]


def test_classes_are_counted_one_by_one() -> None:
    table, recall, f1 = ClassTable(4), BalancedAccuracy(4), MacroF1(4)
    for each in (table, recall, f1):
        each.update(outputs_of([0, 1, 1, 2], [0, 1, 2, 2]))
        each.update(outputs_of([1], [1]))
    rows = {row["class"]: row for row in table.compute(["a", "b", "c", "unused"])}
    assert set(rows) == {"a", "b", "c"}
    assert rows["b"] == {"class": "b", "samples": 2, "correct": 2, "recall": 1.0, "precision": 2 / 3,
                         "f1": 0.8}
    assert rows["c"]["recall"] == 0.5
    assert recall.compute() == (1 + 1 + 0.5) / 3
    assert f1.compute() == pytest.approx((1 + 0.8 + 2 / 3) / 3)
    assert BalancedAccuracy(3).compute() == MacroF1(3).compute() == 0.0


def test_confidence_is_compared_with_accuracy() -> None:
    """Two bins: 3 of 4 correct at confidence 0.9, 0 of 1 correct at 0.5."""
    metric = CalibrationError()
    metric.update(SingleLabelOutputs(np.log(np.array([[0.9, 0.1]] * 4, np.float32)), np.array([0, 0, 0, 1])))
    metric.update(SingleLabelOutputs(np.zeros((1, 2), np.float32), np.array([1])))
    assert metric.compute() == pytest.approx((4 * 0.15 + 1 * 0.5) / 5, rel=1e-5)
    assert CalibrationError().compute() == 0.0


def test_the_confusion_matrix_has_a_row_per_true_class() -> None:
    matrix = ConfusionMatrix(3)
    matrix.update(SingleLabelOutputs(SCORES[:3], np.array([1, 2, 0])))
    assert matrix.compute(["a", "b", "c"]) == [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    large = ConfusionMatrix(1001)
    large.update(outputs_of([3], [3], classes=1001))
    assert large.compute([]) is None


def test_each_record_agrees_with_its_class() -> None:
    for entry in catalogue().entries("metric"):
        target: Any = resolve(entry.record.target, owner="a test")
        assert (target.name, target.mode) == (entry.record.name, entry.record.mode)
