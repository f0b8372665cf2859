# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The Gaussian process and what is read off it, against what is known otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from ppclas_search.gp import GaussianProcess
from ppclas_search.propose import expected_improvement, normal_scores


def test_it_predicts_a_smooth_function_and_knows_where_it_does_not():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(0, 0.7, (40, 1)), rng.integers(0, 3, (40, 1)).astype(float)], 1)

    def truth(points):
        return 5 + np.sin(5 * points[:, 0]) + 0.5 * (points[:, 1] == 2)

    model = GaussianProcess(x, truth(x), np.array([True, False]), rng)
    inside = np.stack([np.linspace(0.05, 0.65, 20), np.arange(20) % 3], 1)
    mean, deviation = model.predict(inside)
    assert np.abs(mean - truth(inside)).max() < 0.1
    assert model.predict(np.array([[1.0, 0.0]]))[1] > 3 * deviation.mean()


def test_it_leaves_a_key_without_influence_out_of_account():
    rng = np.random.default_rng(1)
    x = rng.uniform(size=(60, 2))
    model = GaussianProcess(x, np.sin(6 * x[:, 0]), np.array([True, True]), rng)
    assert model.log_lengths[1] > model.log_lengths[0] + 0.5


def test_equal_values_and_one_value_are_no_trouble():
    rng = np.random.default_rng(2)
    model = GaussianProcess(np.array([[0.0], [1.0]]), np.array([0.3, 0.3]), np.array([True]), rng)
    assert model.predict(np.array([[0.5]]))[0] == pytest.approx(0.3)


def test_expected_improvement_is_the_mean_gain():
    rng = np.random.default_rng(3)
    mean, deviation = np.array([0.2, 1.0, -3.0]), np.array([0.5, 0.1, 2.0])
    draws = mean + deviation * rng.normal(size=(400_000, 3))
    assert expected_improvement(mean, deviation, 0.7) == pytest.approx(np.maximum(draws - 0.7, 0).mean(0), abs=0.004)


def test_merits_count_by_their_rank():
    found = normal_scores(np.array([0.97, -50.0, 0.96, 0.96, 0.1]))
    assert found[[1, 4, 2, 0]] == pytest.approx([-1.2816, -0.5244, 0.2533, 1.2816], abs=1e-4)
    assert found[2] == found[3]
    assert normal_scores(np.array([0.5, 0.5])).tolist() == [0.0, 0.0]
