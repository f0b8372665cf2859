# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Figures and losses of several labels per image, against references written out by hand."""

from __future__ import annotations

from typing import Any, Dict, List

import numpy as np
import paddle
import pytest

from ppclas_core.errors import UserError
from ppclas_core.losses.binary_cross_entropy import BCELoss
from ppclas_core.losses.cross_entropy import CELoss, mixed_loss
from ppclas_core.losses.focal import FocalLoss
from ppclas_core.metrics.average_precision import average_precision, sigmoid
from ppclas_core.metrics.multilabel import DecisionCounter
from ppclas_core.metrics.multilabel_evaluation import MultilabelTally
from ppclas_core.system.rank import ALONE

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
    """Every figure, decision by decision."""
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
def test_every_figure_is_that_of_counting_by_hand(threshold: float) -> None:
    shown = np.append(SHOWN, np.zeros((9, 1), np.float32), axis=1)  # a class that no image shows
    scores = np.append(LOGITS, np.full((9, 1), 5, np.float32), axis=1)
    tally = MultilabelTally(threshold, 5)
    for part in (slice(0, 4), slice(4, 9)):
        tally.add(scores[part], shown[part], float(part.start), 0.0)
    tally.add_up(ALONE)
    result = tally.result(["a", "b", "c", "d", "never"], 1.5)
    for name, value in by_hand(scores, shown, threshold).items():
        assert getattr(result, name) == pytest.approx(value), name
    assert (result.samples, result.seconds, result.threshold) == (9, 1.5, threshold)
    assert result.loss == pytest.approx(5 * 4 / 9)
    never = result.per_class[-1]
    assert never == {"class": "never", "samples": 0, "found": 9, "AP": None, "precision": 0.0, "recall": None,
                     "f1": 0.0}
    assert [row["samples"] for row in result.per_class] == shown.sum(axis=0).astype(int).tolist()


def test_the_threshold_moves_the_decisions_but_not_the_map() -> None:
    results = []
    for threshold in (0.2, 0.8):
        tally = MultilabelTally(threshold, 4)
        tally.add(LOGITS, SHOWN, 0.0, 0.0)
        results.append(tally.result("abcd", 0.0))
    low, high = results
    assert low.mAP == high.mAP
    assert low.recall > high.recall


def test_an_evaluation_of_nothing_has_figures() -> None:
    tally = MultilabelTally(0.5, 3)
    tally.add_up(ALONE)
    assert tally.result("abc", 0.0).mAP == 0.0


def test_training_counts_decisions_and_goes_on_where_it_was() -> None:
    whole, first = DecisionCounter(0.5), DecisionCounter(0.5)
    whole.count(LOGITS, SHOWN, None, 1.0, 0.0)
    first.count(LOGITS[:4], SHOWN[:4], None, 1.0, 0.0)
    resumed = DecisionCounter(**first.to_dict())
    resumed.count(LOGITS[4:], SHOWN[4:], None, 1.0, 0.0)
    assert resumed.averages() == whole.averages()
    assert whole.averages()["f1"] == pytest.approx(by_hand(LOGITS, SHOWN, 0.5)["f1"])


@pytest.mark.parametrize("lam", [0.7, 0.2, np.array([0.9, 0.1] * 4 + [0.9])])
def test_of_a_blend_the_larger_share_counts(lam: Any) -> None:
    counter = DecisionCounter(0.5)
    counter.count(LOGITS, SHOWN, (SHOWN, OTHER, lam), 1.0, 0.0)
    wanted = np.where(np.broadcast_to(lam, 9)[:, None] >= 0.5, SHOWN, OTHER)
    assert counter.averages()["f1"] == pytest.approx(by_hand(LOGITS, wanted, 0.5)["f1"])


def bce(target: np.ndarray, weight: Any = 1.0, gamma: float = 0.0) -> float:
    """Mean over all decisions of the surprise of a sigmoid, in float64."""
    p = 1 / (1 + np.exp(-LOGITS.astype(np.float64)))
    yes, no = -np.log(p) * (1 - p) ** gamma, -np.log(1 - p) * p**gamma
    return float((weight * target * yes + (1 - target) * no).mean())


def value_of(loss: Any, target: np.ndarray = SHOWN) -> float:
    return float(loss(paddle.to_tensor(LOGITS), paddle.to_tensor(target)).item())


def test_bce_takes_multi_hot_targets_weights_and_smoothing() -> None:
    weights = [0.5, 1.0, 3.0, 7.0]
    assert value_of(BCELoss()) == pytest.approx(bce(SHOWN), rel=1e-5)
    assert value_of(BCELoss(pos_weight=weights)) == pytest.approx(bce(SHOWN, np.array(weights)), rel=1e-5)
    assert value_of(BCELoss(pos_weight=[1.0] * 4)) == pytest.approx(bce(SHOWN), rel=1e-5)
    assert value_of(BCELoss(epsilon=0.2)) == pytest.approx(bce(0.8 * SHOWN + 0.1), rel=1e-5)
    assert value_of(BCELoss(epsilon=-1)) == value_of(BCELoss())


@pytest.mark.parametrize("gamma", [0.0, 2.0])
def test_the_sigmoid_focal_loss_asks_a_question_per_class(gamma: float) -> None:
    weights = [0.5, 1.0, 3.0, 7.0]
    assert value_of(FocalLoss(gamma, sigmoid=True)) == pytest.approx(bce(SHOWN, gamma=gamma), rel=1e-5)
    assert value_of(FocalLoss(gamma, sigmoid=True, pos_weight=weights)) == pytest.approx(
        bce(SHOWN, np.array(weights), gamma), rel=1e-5)
    with pytest.raises(UserError, match="without sigmoid"):
        FocalLoss(gamma, pos_weight=weights)


def test_losses_with_questions_per_class_bear_extreme_logits() -> None:
    for loss in (BCELoss(pos_weight=[2.0, 2.0]), FocalLoss(0.5, sigmoid=True)):
        logits = paddle.to_tensor(np.array([[1e4, -1e4], [-1e4, 1e4]], np.float32), stop_gradient=False)
        value = loss(logits, paddle.to_tensor(np.array([[1, 0], [1, 0]], np.float32)))
        value.backward()
        assert np.isfinite(value.item())
        assert np.isfinite(logits.grad.numpy()).all()


@pytest.mark.parametrize("lam", [0.3, np.linspace(0, 1, 9)])
def test_mixed_multi_hot_labels_ask_for_the_blend(lam: Any) -> None:
    share = np.broadcast_to(lam, 9).astype(np.float32)[:, None]
    blend = share * SHOWN + (1 - share) * OTHER
    value = mixed_loss(BCELoss(), paddle.to_tensor(LOGITS), SHOWN, (SHOWN, OTHER, lam)).item()
    assert value == pytest.approx(bce(blend), rel=1e-5)
    both = mixed_loss(BCELoss(threshold=0.2), paddle.to_tensor(LOGITS), SHOWN, (SHOWN, OTHER, 0.5)).item()
    assert both == pytest.approx(bce(np.maximum(SHOWN, OTHER)), rel=1e-5)


def test_the_threshold_of_bce_sees_the_blend_of_two_single_labels() -> None:
    one, other = np.array([0, 1, 2] * 3), np.array([1, 2, 3] * 3)
    value = mixed_loss(BCELoss(threshold=0.2), paddle.to_tensor(LOGITS), one, (one, other, 0.5)).item()
    assert value == pytest.approx(bce(np.eye(4)[one] + np.eye(4)[other]), rel=1e-5)
    linear = mixed_loss(CELoss(), paddle.to_tensor(LOGITS), one, (one, other, 0.5)).item()
    assert linear == pytest.approx((value_of(CELoss(), one) + value_of(CELoss(), other)) / 2, rel=1e-6)
