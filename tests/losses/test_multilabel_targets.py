# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Story: Figures and losses of several labels per image, against references written out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import paddle
import pytest

from ppclas_core.errors import UserError
from ppclas_core.losses.binary_cross_entropy import BCELoss
from ppclas_core.losses.cross_entropy import CELoss
from ppclas_core.losses.focal import FocalLoss
from ppclas_core.losses.mixed_labels import mixed_loss

RNG = np.random.default_rng(4)
LOGITS = (RNG.standard_normal((9, 4)) * 2).astype(np.float32)
SHOWN = (RNG.random((9, 4)) < 0.4).astype(np.float32)
OTHER = SHOWN[::-1].copy()


def bce(target: np.ndarray, weight: Any = 1.0, gamma: float = 0.0) -> float:
    """Return the mean binary cross-entropy over all decisions, in float64."""
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
def test_the_sigmoid_focal_loss_is_binary_per_class(gamma: float) -> None:
    weights = [0.5, 1.0, 3.0, 7.0]
    assert value_of(FocalLoss(gamma, sigmoid=True)) == pytest.approx(bce(SHOWN, gamma=gamma), rel=1e-5)
    assert value_of(FocalLoss(gamma, sigmoid=True, pos_weight=weights)) == pytest.approx(
        bce(SHOWN, np.array(weights), gamma), rel=1e-5)
    with pytest.raises(UserError, match="without sigmoid"):
        FocalLoss(gamma, pos_weight=weights)


def test_binary_losses_bear_extreme_logits() -> None:
    for loss in (BCELoss(pos_weight=[2.0, 2.0]), FocalLoss(0.5, sigmoid=True)):
        logits = paddle.to_tensor(np.array([[1e4, -1e4], [-1e4, 1e4]], np.float32), stop_gradient=False)
        value = loss(logits, paddle.to_tensor(np.array([[1, 0], [1, 0]], np.float32)))
        value.backward()
        assert np.isfinite(value.item())
        assert np.isfinite(logits.grad.numpy()).all()


@pytest.mark.parametrize("lam", [0.3, np.linspace(0, 1, 9)])
def test_mixed_multi_hot_labels_are_blended(lam: Any) -> None:
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
