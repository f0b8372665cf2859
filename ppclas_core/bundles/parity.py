# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Parity: comparison of the logits of an artifact with those of its model, for every format.

The golden batch and a runtime come in, the measured difference goes out; `export.write` stores it in `bundle.json`.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, NamedTuple

import numpy as np

from ppclas_core.bundles.errors import ExportFailed

PARITY_LIMIT = 1e-3
"""Largest allowed difference of logits, in standard deviations over the classes."""
LARGEST_LIMIT = 1.0
"""Largest limit that a format with rounding may set."""

_SMALLEST = -64.0
"""Smallest log-probability that is compared: Paddle's CPU softmax clips there."""


class Parity(NamedTuple):
    """Result of one comparison.

    Args:
        batch: batch size.
        difference: max over images of max|difference of logits| / standard deviation of the logits over classes.
        argmax_equal: the top-1 class of every image is the same. If the limit exceeds `PARITY_LIMIT`, another class is
            accepted too when the model's logits of both classes differ by at most the limit.
        limit: tolerance for `difference`.
        saturated: the artifact gives probabilities, and for some image all but one of them round to 0, so only the
            top-1 class of that image was compared.
    """

    batch: int
    difference: float
    argmax_equal: bool
    limit: float = PARITY_LIMIT
    saturated: bool = False

    @property
    def holds(self) -> bool:
        """Whether the difference is within the limit and the top-1 classes agree."""
        return self.difference < self.limit and self.argmax_equal


def measure_parity(reference: np.ndarray, found: np.ndarray, *, log_probabilities: bool = False,
                   limit: float = PARITY_LIMIT) -> Parity:
    """Compare two (N, num_classes) arrays of logits.

    Args:
        reference: logits of the model.
        found: outputs of the artifact.
        log_probabilities: `found` is log-softmax of logits and is compared with that of the reference.
        limit: tolerance, in standard deviations over the classes.

    Raises:
        ExportFailed: shapes differ, values are not finite, or the reference logits of an image are all equal.
    """
    expected = np.asarray(reference, np.float64)
    output = np.asarray(found, np.float64)
    if output.shape != expected.shape:
        raise ExportFailed(f"the artifact outputs {_shape(output)} values, the model {_shape(expected)}")
    if not np.isfinite(expected).all():
        raise ExportFailed("the model itself outputs NaN or infinity on the golden batch: its weights are broken",
                           do="export an earlier checkpoint")
    if not np.isfinite(output).all():
        raise ExportFailed("the artifact outputs NaN or infinity on the golden batch")
    saturated = False
    if log_probabilities:
        top = expected.max(axis=1, keepdims=True)
        expected = expected - top - np.log(np.exp(expected - top).sum(axis=1, keepdims=True))
        saturated = bool(((expected > _SMALLEST).sum(axis=1) < min(2, expected.shape[1])).any())
        expected = np.maximum(expected, _SMALLEST)
        output = np.maximum(output, _SMALLEST)
    classes = expected.shape[1]
    spread = expected.std(axis=1) if classes > 1 else np.maximum(np.abs(expected[:, 0]), 1e-6)
    if (spread == 0).any():
        raise ExportFailed("the model gives the same logit to every class, so nothing can be verified",
                           do="train it first, or load weights")
    difference = (np.abs(output - expected).max(axis=1) / spread).max()
    rows = np.arange(len(expected))
    behind = expected.max(axis=1) - expected[rows, output.argmax(axis=1)]
    same = bool((behind <= (spread * limit if limit > PARITY_LIMIT else 0)).all())
    return Parity(len(expected), float(difference), same, limit, saturated)


def compare_logits(runtime: Callable[[np.ndarray], np.ndarray], inputs: np.ndarray, reference: np.ndarray, *,
                   log_probabilities: bool = False, limit: float = PARITY_LIMIT) -> Dict[str, Any]:
    """Run the golden batch through a runtime, its first image alone and all as one batch; return the parity as a dict.

    The result is the entry `parity` of `bundle.json`.

    Args:
        runtime: runtime of the artifact.
        inputs: golden batch as input of the artifact.
        reference: logits of the model, (N, num_classes).
        log_probabilities: the runtime returns log-softmax of logits.
        limit: tolerance, see `export.ExportResult`.

    Raises:
        ExportFailed: the outputs differ; the message has the differences.
    """
    results = [measure_parity(reference[:size], runtime(inputs[:size]), log_probabilities=log_probabilities,
                              limit=limit) for size in dict.fromkeys((1, len(inputs)))]
    bad = [result for result in results if not result.holds]
    if bad:
        differences = "; ".join(map(_difference_text, bad))
        raise ExportFailed("the outputs of the artifact differ from those of the model, in standard deviations over "
                           f"the classes ({differences}; limit {limit:g})")
    return {"limit": limit, "argmax_equal": True, "saturated": any(result.saturated for result in results),
            "difference": {f"batch {result.batch}": result.difference for result in results}}


def _difference_text(parity: Parity) -> str:
    top1 = "" if parity.argmax_equal else ", another top-1 class"
    return f"batch {parity.batch}: {parity.difference:.2e}{top1}"


def _shape(array: np.ndarray) -> str:
    return " x ".join(map(str, array.shape)) or "single"
