# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""How often a runtime is right, or says what the float model says."""

from __future__ import annotations

import statistics
import time
from typing import Callable, NamedTuple, Optional

import numpy as np

from ppclas_export_quant.samples import Samples

Runtime = Callable[[np.ndarray], np.ndarray]


class Accuracy(NamedTuple):
    """Of one runtime: top-1 in 0..1 (None without labels), and the share of images where it agrees with the float
    model."""

    top1: Optional[float]
    agreement: float


def answers(runtime: Runtime, samples: Samples) -> np.ndarray:
    """The first class of each image, (N,)."""
    return np.concatenate([runtime(batch).argmax(axis=1) for batch in samples.batches()])


def judge(found: np.ndarray, reference: np.ndarray, samples: Samples) -> Accuracy:
    """Compare answers with the labels and with those of the float model."""
    known = bool((samples.labels >= 0).all())
    return Accuracy(float((found == samples.labels).mean()) if known else None, float((found == reference).mean()))


def drop(before: Accuracy, after: Accuracy) -> float:
    """What quantisation costs: top-1 lost, or without labels the share of images that it answers otherwise."""
    lost = 1 - after.agreement if before.top1 is None or after.top1 is None else before.top1 - after.top1
    return round(lost, 9)  # one image of a hundred is 0.01, not a little more


def latency(runtime: Runtime, image: np.ndarray, runs: int = 9) -> float:
    """Median milliseconds of one call with one image."""
    times = []
    for _ in range(runs + 2):
        started = time.perf_counter()
        runtime(image)
        times.append(time.perf_counter() - started)
    return 1000 * statistics.median(times[2:])
