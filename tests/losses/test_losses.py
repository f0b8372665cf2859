# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Losses against numpy in float64."""

from __future__ import annotations

import numpy as np
import paddle
import pytest

from ppclas_core.errors import UserError
from ppclas_core.losses.binary_cross_entropy import BCELoss
from ppclas_core.losses.cross_entropy import CELoss
from ppclas_core.losses.focal import FocalLoss
from ppclas_core.losses.mixed_labels import mixed_loss
from ppclas_core.training.loss import training_loss

RNG = np.random.default_rng(3)
LOGITS = RNG.standard_normal((6, 5)).astype(np.float32) * 3
LABELS = np.array([0, 4, 2, 1, 1, 3])
OTHER = LABELS[::-1].copy()


def reference(target: np.ndarray, epsilon: float = 0.0, logits: np.ndarray = LOGITS) -> float:
    """Mean cross-entropy of probabilities (N, K), smoothed."""
    logits = logits.astype(np.float64)
    log_p = logits - np.log(np.exp(logits - logits.max(1, keepdims=True)).sum(1, keepdims=True)) - logits.max(
        1, keepdims=True)
    target = (1 - epsilon) * target + epsilon / target.shape[1]
    return float(-(target * log_p).sum(1).mean())


def one_hot(labels: np.ndarray) -> np.ndarray:
    return np.eye(5)[labels]


@pytest.mark.parametrize(("epsilon", "active"),
                         [(None, 0.0), (0.0, 0.0), (0.1, 0.1), (1.0, 1.0), (-1, 0.0), (1.5, 0.0)])
def test_cross_entropy_smooths_between_0_and_1_only(epsilon, active):
    loss = CELoss(epsilon)
    value = loss(paddle.to_tensor(LOGITS), paddle.to_tensor(LABELS))
    assert list(value.shape) == []
    assert value.item() == pytest.approx(reference(one_hot(LABELS), active), rel=1e-5)
    soft = loss(paddle.to_tensor(LOGITS), paddle.to_tensor(one_hot(LABELS).astype(np.float32)))
    assert soft.item() == pytest.approx(value.item(), rel=1e-6)


def test_the_focal_loss_of_gamma_0_is_cross_entropy_and_has_a_gradient_where_all_is_right():
    target = paddle.to_tensor(LABELS)
    value = FocalLoss(0.0)(paddle.to_tensor(LOGITS), target).item()
    assert value == pytest.approx(reference(one_hot(LABELS)), rel=1e-5)
    sure = paddle.to_tensor(one_hot(LABELS).astype(np.float32) * 1e3, stop_gradient=False)
    FocalLoss(0.5)(sure, target).backward()
    assert np.isfinite(sure.grad.numpy()).all()
    with pytest.raises(UserError, match="gamma"):
        FocalLoss(-1.0)


@pytest.mark.parametrize("kind", [FocalLoss, BCELoss])
def test_a_class_of_weight_0_teaches_nothing(kind):
    logits = paddle.to_tensor(LOGITS, stop_gradient=False)
    weights = [1.0, 1.0, 1.0, 1.0, 0.0]
    loss = kind(class_weights=weights)
    kept, dropped = (loss(logits, paddle.to_tensor(labels)) for labels in (LABELS[[0, 2]].repeat(3), np.full(6, 4)))
    assert kept.item() > 0
    if kind is FocalLoss:
        assert dropped.item() == 0
    dropped.backward()
    assert np.abs(logits.grad.numpy()[:, 4]).max() == 0


def test_binary_cross_entropy_can_ask_for_both_of_two_mixed_classes():
    target = np.zeros((6, 5), np.float32)
    target[:, 0], target[:, 1] = 0.3, 0.7
    whole = (target > 0).astype(np.float32)
    logits = paddle.to_tensor(LOGITS)
    assert BCELoss(threshold=0.2)(logits, paddle.to_tensor(target)).item() == pytest.approx(
        BCELoss()(logits, paddle.to_tensor(whole)).item())
    assert BCELoss(threshold=0.5)(logits, paddle.to_tensor(target)).item() != pytest.approx(
        BCELoss()(logits, paddle.to_tensor(whole)).item())


def test_huge_logits_are_neither_infinite_nor_clipped():
    logits = paddle.to_tensor(LOGITS * 1e4, stop_gradient=False)
    value = CELoss(0.1)(logits, paddle.to_tensor(LABELS))
    assert value.item() == pytest.approx(reference(one_hot(LABELS), 0.1, LOGITS * 1e4), rel=1e-5)
    value.backward()
    right = logits.grad.numpy()[np.arange(6), LABELS]
    assert (right[LOGITS.argmax(1) != LABELS] < -0.1).all()


def test_the_loss_is_float32_for_half_precision_logits():
    value = CELoss()(paddle.to_tensor(LOGITS).astype("bfloat16"), paddle.to_tensor(LABELS))
    assert value.dtype == paddle.float32


@pytest.mark.parametrize("epsilon", [None, 0.1])
def test_mixed_labels_blend_two_losses(epsilon):
    value = mixed_loss(CELoss(epsilon), paddle.to_tensor(LOGITS), LABELS, (LABELS, OTHER, 0.3)).item()
    expected = 0.3 * reference(one_hot(LABELS), epsilon or 0) + 0.7 * reference(one_hot(OTHER), epsilon or 0)
    assert value == pytest.approx(expected, rel=1e-5)


def test_every_sample_may_have_its_own_lambda():
    shares = np.array([0.0, 0.1, 0.5, 0.7, 1.0, 0.2], np.float32)
    value = mixed_loss(CELoss(0.1), paddle.to_tensor(LOGITS), LABELS, (LABELS, OTHER, shares)).item()
    target = shares[:, None] * one_hot(LABELS) + (1 - shares[:, None]) * one_hot(OTHER)
    assert value == pytest.approx(reference(target, 0.1), rel=1e-5)


def test_auxiliary_outputs_weigh_as_their_record_says():
    outputs = [paddle.to_tensor(LOGITS * scale) for scale in (1.0, 0.5, 2.0)]
    total, main = training_loss(CELoss(), outputs, LABELS, None, (0.3, 0.2))
    expected = sum(weight * reference(one_hot(LABELS), 0.0, LOGITS * scale)
                   for weight, scale in ((1.0, 1.0), (0.3, 0.5), (0.2, 2.0)))
    assert total.item() == pytest.approx(expected, rel=1e-5)
    assert main is outputs[0]


def test_outputs_that_the_record_does_not_know_are_an_error():
    with pytest.raises(ValueError, match="2 outputs"):
        training_loss(CELoss(), [paddle.to_tensor(LOGITS)] * 2, LABELS, None, ())


def test_a_student_learns_from_its_teacher_only():
    teacher, student = (paddle.to_tensor(LOGITS * scale, stop_gradient=False) for scale in (1.0, 0.5))
    total, main = training_loss(lambda mine, theirs: ((mine - theirs) ** 2).mean(), [teacher, student], LABELS, None,
                                teacher_first=True)
    total.backward()
    assert main is student
    assert teacher.grad is None
    assert student.grad is not None
