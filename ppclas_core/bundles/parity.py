# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Does an artefact answer as its model does? One measure, on logits, for every format."""

from __future__ import annotations

from typing import Any, Callable, Dict, NamedTuple

import numpy as np

from ppclas_core.bundles.errors import ExportFailed

PARITY_LIMIT = 1e-3
"""Largest allowed difference of logits, in standard deviations over the classes."""
LARGEST_LIMIT = 1.0
"""Largest limit that a format which rounds may set."""

_LEAST = -64.0
"""Logarithm of a probability below which none is told apart: there Paddle's softmax for CPUs clips."""


class Parity(NamedTuple):
    """One comparison.

    Args:
        batch: number of images in the call.
        difference: max over images of max|difference of logits| / standard deviation of the logits over classes.
        argmax_equal: every image has the same first class; with a wider limit, or one that the model itself puts
            within the limit of its first.
        limit: of `difference`.
        saturated: the artefact gives probabilities and the model is so sure of some image that all of them but one
            round to nothing; of it the first class alone was compared.
    """

    batch: int
    difference: float
    argmax_equal: bool
    limit: float = PARITY_LIMIT
    saturated: bool = False

    @property
    def holds(self) -> bool:
        """Within the limit, and the same classes."""
        return self.difference < self.limit and self.argmax_equal


def measure_parity(reference: np.ndarray, found: Any, *, log_probabilities: bool = False,
                   limit: float = PARITY_LIMIT) -> Parity:
    """Compare two (N, num_classes) arrays of logits.

    Args:
        log_probabilities: `found` is log softmax of logits, and is compared with that of the reference.

    Raises:
        ExportFailed: another shape, values that are not finite, or a reference that proves nothing.
    """
    expected, answer = np.asarray(reference, np.float64), np.asarray(found, np.float64)
    if answer.shape != expected.shape:
        raise ExportFailed(f"the artefact gives {_shape(answer)} values where the model gives {_shape(expected)}")
    if not np.isfinite(expected).all():
        raise ExportFailed("the model itself gives NaN or infinity on the golden batch: its weights are broken",
                           do="export an earlier checkpoint")
    if not np.isfinite(answer).all():
        raise ExportFailed("the artefact gives NaN or infinity on the golden batch")
    saturated = False
    if log_probabilities:
        top = expected.max(axis=1, keepdims=True)
        expected = expected - top - np.log(np.exp(expected - top).sum(axis=1, keepdims=True))
        saturated = bool(((expected > _LEAST).sum(axis=1) < min(2, expected.shape[1])).any())
        expected, answer = np.maximum(expected, _LEAST), np.maximum(answer, _LEAST)
    classes = expected.shape[1]
    spread = expected.std(axis=1) if classes > 1 else np.maximum(np.abs(expected[:, 0]), 1e-6)
    if (spread == 0).any():
        raise ExportFailed("the model gives the same logit to every class, so nothing can be verified",
                           do="train it first, or load weights")
    difference = (np.abs(answer - expected).max(axis=1) / spread).max()
    rows = np.arange(len(expected))
    behind = expected.max(axis=1) - expected[rows, answer.argmax(axis=1)]
    same = bool((behind <= (spread * limit if limit > PARITY_LIMIT else 0)).all())
    return Parity(len(expected), float(difference), same, limit, saturated)


def compare_logits(runtime: Callable[[np.ndarray], np.ndarray], inputs: np.ndarray, reference: np.ndarray, *,
            log_probabilities: bool = False, limit: float = PARITY_LIMIT) -> Dict[str, Any]:
    """Run the golden batch through a runtime at batch 1 and whole; the figures as `bundle.json` keeps them.

    Args:
        inputs: golden batch as the artefact takes it.
        reference: logits of the model, (N, num_classes).
        limit: see `Artefact`.

    Raises:
        ExportFailed: the answers differ; the message has the figures.
    """
    results = [measure_parity(reference[:size], runtime(inputs[:size]), log_probabilities=log_probabilities,
                              limit=limit) for size in dict.fromkeys((1, len(inputs)))]
    bad = [result for result in results if not result.holds]
    if bad:
        figures = "; ".join(f"batch {result.batch}: {result.difference:.2e} of the spread over classes"
                            f"{'' if result.argmax_equal else ', another first class'}" for result in bad)
        raise ExportFailed(f"the artefact does not answer as the model does ({figures}; limit {limit:g})")
    return {"limit": limit, "argmax_equal": True, "saturated": any(result.saturated for result in results),
            "difference": {f"batch {result.batch}": result.difference for result in results}}


def _shape(array: np.ndarray) -> str:
    return " x ".join(map(str, array.shape)) or "single"
