# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Search for the smallest number of layers that must stay in float."""

from __future__ import annotations

from typing import Callable, List, NamedTuple, Sequence

import numpy as np

from ppclas_core.bundles import measure_parity
from ppclas_core.export import ExportFailed
from ppclas_export_quant.accuracy import Accuracy, Runtime, answers, drop, judge
from ppclas_export_quant.layer_errors import LayerError
from ppclas_export_quant.samples import Samples

LIMIT = 1.0
"""Largest difference of logits on the golden batch, in standard deviations over the classes.

A larger difference means a broken export; the loss by rounding is measured as accuracy.
"""


class Measure:
    """Evaluation of int8 runtimes against the float model, on evaluation images and on the golden batch.

    Args:
        floating: the runtime of the same model in float.
        judged: the evaluation images, with or without labels.
        golden: the golden batch, float32 (N, C, H, W).
    """

    def __init__(self, floating: Runtime, judged: Samples, golden: np.ndarray) -> None:
        self.judged, self._golden = judged, golden
        self._expected, self._logits = answers(floating, judged), floating(golden)
        self.before = judge(self._expected, self._expected, judged)

    def of(self, runtime: Runtime) -> Accuracy:
        """Return the accuracy of a runtime on the evaluation images."""
        return judge(answers(runtime, self.judged), self._expected, self.judged)

    def close(self, runtime: Runtime) -> bool:
        """Return whether the logits of the golden batch are within `LIMIT`."""
        return measure_parity(self._logits, runtime(self._golden), limit=LIMIT).holds


class Found(NamedTuple):
    """Names of the layers in float, and the accuracy with them."""

    kept: List[str]
    after: Accuracy


def search(quantise: Callable[[List[str]], Runtime], errors: Sequence[LayerError], measured: Measure, *,
           max_drop: float, hybrid: bool) -> Found:
    """Quantize with 0, 1, 2, 4, ... of the worst layers in float, up to half of them, until the loss is small enough.

    Args:
        quantise: writes the model with these layers in float and loads it.
        errors: errors of the layers, worst first.
        measured: the evaluation.
        max_drop: largest loss of top-1, in 0..1.
        hybrid: False: only try without layers in float.

    Raises:
        ExportFailed: every attempt loses more than `max_drop`; the message names the worst layers.
    """
    counts = [0]
    while hybrid and (following := max(1, 2 * counts[-1])) <= len(errors) // 2:
        counts.append(following)
    losses: List[float] = []
    for count in counts:
        kept = [row.name for row in errors[:count]]
        runtime = quantise(kept)
        after = measured.of(runtime)
        losses.append(drop(measured.before, after))
        if losses[-1] <= max_drop and measured.close(runtime):
            return Found(kept, after)
    worst = ", ".join(f"{row.name} {row.error:.1%}" for row in errors[:5])
    best = losses.index(min(losses))
    tried = f", {losses[best]:.4f} with {counts[best]} layers in float" if best else ""
    judged = measured.judged
    broken = "" if losses[best] > max_drop else f", and logits are off by more than {LIMIT:g} deviations"
    raise ExportFailed(f"int8 loses {losses[0]:.4f} of top-1 on {len(judged.inputs)} images of the {judged.origin}"
                       f"{tried}; max_drop is {max_drop:g}{broken}. Layers with the largest error of their own: "
                       f"{worst}",
                       do="another method, more images, quantisation-aware training, or a larger max_drop")
