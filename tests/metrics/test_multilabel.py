# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Figures and losses of several labels per image, against references written out by hand."""

from __future__ import annotations

from typing import Any, Dict, List

import numpy as np
import pytest

from ppclas_core.metrics.average_precision import average_precision
from ppclas_core.metrics.outputs import sigmoid
from ppclas_core.tasks import Multilabel

RNG = np.random.default_rng(4)
LOGITS = (RNG.standard_normal((9, 4)) * 2).astype(np.float32)
SHOWN = (RNG.random((9, 4)) < 0.4).astype(np.float32)
OTHER = SHOWN[::-1].copy()


def ap_by_thresholds(scores: List[float], shown: List[bool]) -> float:
    """For each score as a threshold: precision there, times how much more recall it gives than the one above."""
    area = before = 0.0
    for threshold in sorted(set(scores), reverse=True):
        found = [there for score, there in zip(scores, shown) if score >= threshold]
        recall = sum(found) / sum(shown)
        area += (recall - before) * sum(found) / len(found)
        before = recall
    return area


@pytest.mark.parametrize("seed", range(20))
def test_average_precision_is_the_area_over_all_thresholds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, [3, 10, 1000][seed % 3], 30).astype(np.float32)  # many ties, some, hardly any
    shown = rng.random(30) < 0.3
    shown[0] = True
    assert average_precision(scores, shown) == pytest.approx(ap_by_thresholds(scores.tolist(), shown.tolist()))


def test_average_precision_of_small_cases_by_hand() -> None:
    def ap(scores: List[float], shown: List[int]) -> Any:
        return average_precision(np.array(scores, np.float32), np.array(shown, bool))

    assert ap([3, 2, 1], [1, 0, 1]) == pytest.approx((1 + 2 / 3) / 2)
    assert ap([3, 2, 1], [0, 0, 1]) == pytest.approx(1 / 3)
    assert ap([1, 1, 1, 1], [1, 0, 0, 0]) == pytest.approx(1 / 4)
    assert ap([2, 1, 1], [1, 1, 0]) == pytest.approx((1 + 2 / 3) / 2)
    assert ap([1, 1, 2], [0, 1, 1]) == pytest.approx((1 + 2 / 3) / 2), "the order of equal scores does not matter"
    assert ap([5, float("nan")], [0, 1]) == pytest.approx(1 / 2)
    assert ap([1, 2], [0, 0]) is None


def test_the_sigmoid_neither_overflows_nor_loses_the_small() -> None:
    found = sigmoid(np.array([-800, -40, 0, 40, 800], np.float32))
    assert found.tolist() == pytest.approx([0, np.exp(-40), 0.5, 1, 1], rel=1e-12)


def by_hand(scores: np.ndarray, shown: np.ndarray, threshold: float) -> Dict[str, float]:
    """Every metric, decision by decision."""
    images, classes = scores.shape
    found = [[1 / (1 + np.exp(-float(value))) >= threshold for value in row] for row in scores]
    right = wrong = exact = 0
    per_class = []
    for image in range(images):
        misses = sum(found[image][k] != bool(shown[image][k]) for k in range(classes))
        wrong, exact = wrong + misses, exact + (misses == 0)
    for k in range(classes):
        hits = sum(found[image][k] and shown[image][k] > 0 for image in range(images))
        right += hits
        there, named = int(shown[:, k].sum()), sum(found[image][k] for image in range(images))
        if there:
            per_class.append((hits / named if named else 0.0, hits / there, 2 * hits / (there + named),
                              ap_by_thresholds(scores[:, k].tolist(), shown[:, k].tolist())))
    named, there = sum(map(sum, found)), int(shown.sum())
    precision, recall = right / named, right / there
    macro = np.mean(per_class, axis=0)
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall),
            "macro_precision": macro[0], "macro_recall": macro[1], "macro_f1": macro[2], "mAP": macro[3],
            "hamming_loss": wrong / (images * classes), "exact_match": exact / images}


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8])
def test_every_metric_equals_a_count_by_hand(threshold: float) -> None:
    shown = np.append(SHOWN, np.zeros((9, 1), np.float32), axis=1)  # a class that no image shows
    scores = np.append(LOGITS, np.full((9, 1), 5, np.float32), axis=1)
    task = Multilabel(threshold=threshold)
    metrics = task.evaluation_metrics(5)
    for part in (slice(0, 4), slice(4, 9)):
        metrics.update(task.outputs(scores[part], shown[part], None, float(part.start)))
    found, rows = metrics.compute(), metrics.rows(["a", "b", "c", "d", "never"])["per_class"]
    for name, value in by_hand(scores, shown, threshold).items():
        assert found[name] == pytest.approx(value), name
    assert (metrics.samples, metrics.settings()) == (9, {"threshold": threshold})
    assert found["loss"] == pytest.approx(5 * 4 / 9)
    assert rows[-1] == {"class": "never", "samples": 0, "found": 9, "AP": None, "precision": 0.0, "recall": None,
                        "f1": 0.0}
    assert [row["samples"] for row in rows] == shown.sum(axis=0).astype(int).tolist()


def test_the_threshold_moves_the_decisions_but_not_the_map() -> None:
    results = []
    for threshold in (0.2, 0.8):
        task = Multilabel(threshold=threshold)
        metrics = task.evaluation_metrics(4)
        metrics.update(task.outputs(LOGITS, SHOWN))
        results.append(metrics.compute())
    low, high = results
    assert low["mAP"] == high["mAP"]
    assert low["recall"] > high["recall"]


def test_an_evaluation_of_nothing_has_metrics() -> None:
    assert set(Multilabel().evaluation_metrics(3).compute().values()) == {0.0}


@pytest.mark.parametrize("lam", [0.7, 0.2, np.array([0.9, 0.1] * 4 + [0.9])])
def test_of_a_mixed_batch_the_label_set_of_larger_weight_counts(lam: Any) -> None:
    metrics = Multilabel().step_metrics()
    metrics.update(Multilabel().outputs(LOGITS, SHOWN, (SHOWN, OTHER, lam)))
    wanted = np.where(np.broadcast_to(lam, 9)[:, None] >= 0.5, SHOWN, OTHER)
    assert metrics.compute()["f1"] == pytest.approx(by_hand(LOGITS, wanted, 0.5)["f1"])
