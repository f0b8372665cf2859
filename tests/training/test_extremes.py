# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The most confident errors and correct predictions of an evaluation are kept."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, List

import numpy as np
import pytest

from ppclas_core.tasks import Multiclass
from ppclas_core.training.extremes import Extremes


def test_the_most_confident_errors_and_correct_predictions_are_kept_over_batches():
    extremes = Extremes(Multiclass(), 2)
    sure, unsure = [9.0, 0.0], [1.0, 0.0]
    batches: List[Any] = [SimpleNamespace(indices=np.array([5, 6]), labels=np.array([0, 1])),
                          SimpleNamespace(indices=np.array([7, 8, 9]), labels=np.array([0, 1, 1]))]
    extremes(batches[0], np.array([unsure, unsure]))
    extremes(batches[1], np.array([sure, sure, unsure]))
    assert [one.sample for one in extremes.worst] == [8, 6]
    assert [one.sample for one in extremes.best] == [7, 5]
    assert extremes.worst[0].found[0][1] == pytest.approx(1 - extremes.worst[0].labels[0][1])
