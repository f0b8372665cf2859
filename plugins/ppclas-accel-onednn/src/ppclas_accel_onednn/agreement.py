# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Comparison of two implementations of a training step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, Sequence

import numpy as np

TOLERANCE = 1e-4
"""Largest relative difference of the logits, and of the loss."""

GRADIENT_TOLERANCE = 0.1
"""Largest relative difference of all gradients together.

It is wide because a rounding error that moves a value across the kink of a ReLU changes its gradient completely: if the
input changes by 1e-7, the gradients of deep networks on a small batch change by up to 4 %. Wrong gradients differ by
more than 40 %.
"""


@dataclass(frozen=True)
class Step:
    """Result of one training step: loss, logits (N, K), gradients by parameter name."""

    loss: float
    logits: np.ndarray
    gradients: Dict[str, np.ndarray]


@dataclass(frozen=True)
class Agreement:
    """Relative differences of two steps."""

    loss: float
    logits: float
    gradients: float

    def __str__(self) -> str:
        return f"logits differ by {self.logits:.0e}, loss by {self.loss:.0e}, gradients by {self.gradients:.0e}"

    @property
    def good(self) -> bool:
        """Whether all differences are within the tolerances; NaN never is."""
        return self.loss <= TOLERANCE and self.logits <= TOLERANCE and self.gradients <= GRADIENT_TOLERANCE


def worst(found: Sequence[Agreement]) -> Agreement:
    """Return the largest difference of each kind."""
    return Agreement(max(item.loss for item in found), max(item.logits for item in found),
                     max(item.gradients for item in found))


def compare(one: Step, other: Step) -> Agreement:
    """Return the differences relative to `other`: of the loss, and in L2 norm of logits and gradients."""
    if one.gradients.keys() != other.gradients.keys():
        return Agreement(np.inf, np.inf, np.inf)
    gradients = _ratio(
        _norm(one.gradients[key] - other.gradients[key] for key in other.gradients), _norm(other.gradients.values()))
    logits = _ratio(_norm([one.logits - other.logits]), _norm([other.logits]))
    return Agreement(_ratio(abs(one.loss - other.loss), abs(other.loss)), logits, gradients)


def _norm(arrays: Iterable[np.ndarray]) -> float:
    return float(np.sqrt(sum(float(np.square(array, dtype=np.float64).sum()) for array in arrays)))


def _ratio(difference: float, size: float) -> float:
    if size:
        return difference / size
    return 0.0 if difference == 0 else np.inf
