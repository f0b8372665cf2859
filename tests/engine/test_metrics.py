# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Counts of right answers, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ppclas_core.metrics.accuracy import Counter, PerClass, dominant_labels, ranks
from ppclas_core.metrics.calibration import Calibration
from ppclas_core.metrics.evaluation import Tally
from ppclas_core.system.rank import ALONE

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
    assert rows["b"] == {"class": "b", "samples": 2, "correct": 2, "recall": 1.0, "precision": 2 / 3,
                         "f1": 0.8}
    assert rows["c"]["recall"] == 0.5
    assert classes.macro() == {"balanced_accuracy": (1 + 1 + 0.5) / 3, "macro_f1": pytest.approx((1 + 0.8 + 2 / 3) / 3)}
    assert PerClass(3).macro() == {"balanced_accuracy": 0.0, "macro_f1": 0.0}


def test_confidence_is_compared_with_accuracy():
    """Two bins: 3 of 4 right at confidence 0.9, 0 of 1 right at 0.5."""
    calibration = Calibration()
    sure = np.log(np.array([[0.9, 0.1]] * 4, np.float32))
    calibration.add(sure, np.array([True, True, True, False]))
    calibration.add(np.zeros((1, 2), np.float32), np.array([False]))
    assert calibration.error() == pytest.approx((4 * 0.15 + 1 * 0.5) / 5, rel=1e-5)
    assert Calibration().error() == 0.0


def test_a_tally_keeps_who_was_taken_for_whom():
    tally = Tally(2, 3)
    tally.add(SCORES[:3], np.array([1, 2, 0]), 1.0, 0.0)
    tally.add_up(ALONE)
    assert tally.confusion() == [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    assert tally.averages()["top1"] == pytest.approx(1 / 3)
    assert Tally(5, 1001).confusion() is None
