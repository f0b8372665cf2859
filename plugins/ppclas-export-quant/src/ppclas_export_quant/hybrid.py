# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Search for the number of layers that must stay in float."""

from __future__ import annotations

from typing import Callable, List, NamedTuple, Sequence

import numpy as np

from ppclas_core.bundles import measure_parity
from ppclas_core.export import ExportFailed
from ppclas_export_quant.accuracy import Accuracy, Runtime, compare_classes, drop, predict_classes
from ppclas_export_quant.layer_errors import LayerError
from ppclas_export_quant.samples import Samples

LIMIT = 1.0
"""Largest difference of logits on the golden batch, in standard deviations over the classes.

A larger difference means that the export is broken; the effect of rounding is measured as a drop of accuracy.
"""


class Measure:
    """Evaluation of int8 runtimes, compared with the float model, on evaluation images and on the golden batch.

    Args:
        floating: the runtime of the same model in float.
        evaluated: the evaluation images, with or without labels.
        golden: the golden batch, float32 (N, C, H, W).
    """

    def __init__(self, floating: Runtime, evaluated: Samples, golden: np.ndarray) -> None:
        self.evaluated = evaluated
        self._golden = golden
        self._expected = predict_classes(floating, evaluated)
        self._logits = floating(golden)
        self.before = compare_classes(self._expected, self._expected, evaluated)

    def of(self, runtime: Runtime) -> Accuracy:
        """Return the accuracy of a runtime on the evaluation images."""
        return compare_classes(predict_classes(runtime, self.evaluated), self._expected, self.evaluated)

    def close(self, runtime: Runtime) -> bool:
        """Return whether the logits of the golden batch differ by at most `LIMIT`."""
        return measure_parity(self._logits, runtime(self._golden), limit=LIMIT).holds


class Found(NamedTuple):
    """Result of the search: names of the layers in float, and the accuracy with them."""

    kept: List[str]
    after: Accuracy


def search(quantize: Callable[[List[str]], Runtime], errors: Sequence[LayerError], measured: Measure, *,
           max_drop: float, hybrid: bool) -> Found:
    """Quantize with 0, 1, 2, 4, ... of the worst layers in float, up to half of all, until the drop is small enough.

    Args:
        quantize: writes the model with the given layers in float, and loads it.
        errors: errors of the layers, largest first.
        measured: the evaluation.
        max_drop: largest drop of top-1, in 0..1.
        hybrid: whether layers may stay in float.

    Raises:
        ExportFailed: the drop is above `max_drop` in every attempt; the message names the worst layers.
    """
    counts = [0]
    while hybrid and (following := max(1, 2 * counts[-1])) <= len(errors) // 2:
        counts.append(following)
    drops: List[float] = []
    for count in counts:
        kept = [row.name for row in errors[:count]]
        runtime = quantize(kept)
        after = measured.of(runtime)
        drops.append(drop(measured.before, after))
        if drops[-1] <= max_drop and measured.close(runtime):
            return Found(kept, after)
    worst = ", ".join(f"{row.name} {row.error:.1%}" for row in errors[:5])
    best = drops.index(min(drops))
    hint = f", {drops[best]:.4f} with {counts[best]} layers in float" if best else ""
    evaluated = measured.evaluated
    broken = "" if drops[best] > max_drop else f", and logits are off by more than {LIMIT:g} standard deviations"
    raise ExportFailed(f"int8 loses {drops[0]:.4f} of top-1 on {len(evaluated.inputs)} images of the {evaluated.origin}"
                       f"{hint}; max_drop is {max_drop:g}{broken}. Layers with the largest error: "
                       f"{worst}",
                       do="try another method, more images, quantization-aware training, or a larger max_drop")
