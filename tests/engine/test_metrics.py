# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Counts of right answers, by hand."""

from __future__ import annotations

import numpy as np

from ppclas_core.engine.metrics import Counter, PerClass, dominant_labels, ranks

SCORES = np.array([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2], [0.2, 0.2, 0.6], [np.nan, 1.0, 2.0]], np.float32)


def test_the_rank_is_the_place_of_the_true_class():
    assert ranks(SCORES, np.array([1, 2, 0, 0])).tolist() == [0, 2, 1, 3]


def test_equal_scores_make_no_one_right_twice():
    flat = np.zeros((3, 3), np.float32)
    assert ranks(flat, np.array([0, 1, 2])).tolist() == [0, 1, 2]


def test_batches_of_any_size_average_by_sample():
    sums = Counter(topk=2)
    assert sums.add(np.array([0, 0, 0, 1]), 1.0) == (0.75, 1.0)
    assert sums.add(np.array([2]), 6.0) == (0.0, 0.0)
    assert sums.averages() == {"loss": 2.0, "top1": 0.6, "topk": 0.8}


def test_a_blend_counts_for_its_larger_part():
    y_a, y_b = np.array([1, 2]), np.array([3, 4])
    assert dominant_labels(y_a, None).tolist() == [1, 2]
    assert dominant_labels(y_a, (y_a, y_b, 0.6)).tolist() == [1, 2]
    assert dominant_labels(y_a, (y_a, y_b, 0.4)).tolist() == [3, 4]
    assert dominant_labels(y_a, (y_a, y_b, np.array([0.9, 0.1]))).tolist() == [1, 4]


def test_classes_are_counted_one_by_one():
    classes = PerClass(4)
    classes.add(np.array([0, 1, 1, 2]), np.array([0, 1, 2, 2]))
    classes.add(np.array([1]), np.array([1]))
    rows = {row["class"]: row for row in classes.table(["a", "b", "c", "unused"])}
    assert set(rows) == {"a", "b", "c"}
    assert rows["b"] == {"class": "b", "samples": 2, "correct": 2, "recall": 1.0, "precision": 2 / 3}
    assert rows["c"]["recall"] == 0.5
