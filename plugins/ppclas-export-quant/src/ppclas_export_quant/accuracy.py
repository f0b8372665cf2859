# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Accuracy and latency of a quantized runtime, compared with the float model."""

from __future__ import annotations

import statistics
import time
from typing import Callable, NamedTuple, Optional

import numpy as np

from ppclas_export_quant.samples import Samples

Runtime = Callable[[np.ndarray], np.ndarray]


class Accuracy(NamedTuple):
    """Accuracy of one runtime.

    Args:
        top1: top-1 accuracy in 0..1; None without labels.
        agreement: fraction of images, 0..1, with the same predicted class as in the float model.
    """

    top1: Optional[float]
    agreement: float


def predict_classes(runtime: Runtime, samples: Samples) -> np.ndarray:
    """Return the most probable class of each image, (N,)."""
    return np.concatenate([runtime(batch).argmax(axis=1) for batch in samples.batches()])


def compare_classes(found: np.ndarray, reference: np.ndarray, samples: Samples) -> Accuracy:
    """Compare predicted classes (N,) with the labels, and with those of the float model (`reference`)."""
    known = bool((samples.labels >= 0).all())
    return Accuracy(float((found == samples.labels).mean()) if known else None, float((found == reference).mean()))


def drop(before: Accuracy, after: Accuracy) -> float:
    """Return the drop of top-1 by quantization; without labels, the fraction of images with another prediction."""
    lost = 1 - after.agreement if before.top1 is None or after.top1 is None else before.top1 - after.top1
    return round(lost, 9)  # so that one image of a hundred is exactly 0.01


def latency(runtime: Runtime, image: np.ndarray, runs: int = 9) -> float:
    """Return the median duration in ms of a call with one image, after two calls to warm up."""
    times = []
    for _ in range(runs + 2):
        started = time.perf_counter()
        runtime(image)
        times.append(time.perf_counter() - started)
    return 1000 * statistics.median(times[2:])
