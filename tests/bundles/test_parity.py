# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The measure that decides whether an export stands."""

from __future__ import annotations

import numpy as np
import pytest

from ppclas_core.bundles.errors import ExportFailed
from ppclas_core.bundles.parity import compare_logits, measure_parity

LOGITS = np.array([[1.0, 3.0, -2.0], [0.5, -1.0, 4.0]], np.float32)


def log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def test_the_difference_is_counted_in_deviations_over_classes() -> None:
    found = LOGITS.copy()
    found[1, 0] += 0.5
    assert measure_parity(LOGITS, found).difference == pytest.approx(0.5 / LOGITS[1].std(), rel=1e-6)


def test_scaling_all_logits_does_not_hide_a_fault() -> None:
    found = LOGITS * np.float32(1.05)
    scaled = measure_parity(LOGITS * 1e-4, found * 1e-4)
    assert measure_parity(LOGITS, found).difference == pytest.approx(scaled.difference, rel=1e-4)


def test_a_constant_on_all_logits_of_an_image_is_a_fault_though_probabilities_agree() -> None:
    assert not measure_parity(LOGITS, LOGITS + 1).holds


def test_another_first_class_is_a_fault_however_small_the_difference() -> None:
    close = np.array([[1.0, 1.00001, -5.0]])
    swapped = close[:, [1, 0, 2]]
    result = measure_parity(close, swapped)
    assert result.difference < 1e-3
    assert not result.holds


def test_log_probabilities_are_compared_with_those_of_the_model() -> None:
    assert measure_parity(LOGITS, log_softmax(LOGITS), log_probabilities=True).holds
    assert not measure_parity(LOGITS, log_softmax(LOGITS * 1.05), log_probabilities=True).holds


def test_probabilities_too_small_for_a_softmax_are_no_fault_and_hide_none() -> None:
    extreme = LOGITS * 300
    assert log_softmax(extreme).min() < -500
    for least in (-64, np.log(np.finfo(np.float32).tiny)):  # of Paddle, and of a float32
        told = np.maximum(log_softmax(extreme), least)
        assert measure_parity(extreme, told, log_probabilities=True).holds
    told[0, told[0].argmax()] -= 1
    assert not measure_parity(extreme, told, log_probabilities=True).holds


def test_probabilities_that_round_to_one_class_get_a_note() -> None:
    assert not measure_parity(LOGITS, log_softmax(LOGITS), log_probabilities=True).saturated
    sure = LOGITS * 1e4
    found = measure_parity(sure, np.maximum(log_softmax(sure), -64), log_probabilities=True)
    assert found.holds
    assert found.saturated
    assert not measure_parity(sure, sure).saturated, "logits are compared whole"


@pytest.mark.parametrize(("reference", "found", "match"), [
    (LOGITS, LOGITS[:, :2], "2 x 2 values, the model 2 x 3"),
    (LOGITS, np.full_like(LOGITS, np.nan), "artifact outputs NaN"),
    (np.full_like(LOGITS, np.inf), LOGITS, "model itself outputs NaN"),
    (np.ones_like(LOGITS), np.ones_like(LOGITS), "same logit to every class"),
])
def test_what_proves_nothing_is_refused(reference: np.ndarray, found: np.ndarray, match: str) -> None:
    with pytest.raises(ExportFailed, match=match):
        measure_parity(reference, found)


def test_a_single_class_is_measured_by_its_size() -> None:
    assert measure_parity(np.array([[4.0]]), np.array([[4.001]])).difference == pytest.approx(2.5e-4, rel=1e-3)


def test_an_runtime_that_is_right_only_for_one_image_fails() -> None:
    inputs = np.zeros((2, 1), np.float32)
    with pytest.raises(ExportFailed, match="batch 2"):
        compare_logits(lambda batch: LOGITS[:1] if len(batch) == 1 else LOGITS[::-1], inputs, LOGITS)
