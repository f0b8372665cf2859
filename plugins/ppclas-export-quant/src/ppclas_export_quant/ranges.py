# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Calibration: the range of each activation over the calibration images."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Literal, Optional

from ppclas_export_quant.samples import Samples

if TYPE_CHECKING:
    from onnxruntime.quantization.calibrate import TensorsData

Method = Literal["minmax", "entropy", "percentile"]


def operators() -> List[str]:
    """Return all operators that onnxruntime runs in int8."""
    from onnxruntime.quantization.registry import QDQRegistry, QLinearOpsRegistry

    return sorted({*QDQRegistry, *QLinearOpsRegistry})


def find_ranges(model: Path, samples: Samples, method: Method, percentile: float,
                work: Path) -> TensorsData:
    """Return the range of each activation.

    Args:
        model: the float model.
        samples: the calibration images.
        method: `minmax`: the observed range; `entropy`: the range with the smallest Kullback-Leibler divergence of the
            8-bit histogram; `percentile`: the range without the tails of the histogram beyond `percentile`.
        percentile: percentile of that method, in 50..100.
        work: an existing folder for intermediate files.
    """
    from onnxruntime.quantization import CalibrationMethod
    from onnxruntime.quantization.calibrate import create_calibrator

    methods = {"minmax": CalibrationMethod.MinMax, "entropy": CalibrationMethod.Entropy,
               "percentile": CalibrationMethod.Percentile}
    extra: Dict[str, Any] = {"percentile": percentile} if method == "percentile" else {}
    calibrator = create_calibrator(model, operators(), str(work / "augmented.onnx"), methods[method],
                                   extra_options=extra)
    with contextlib.redirect_stdout(io.StringIO()):  # onnxruntime prints a line per batch
        for batch in samples.batches():  # each call adds to the ranges and frees the activations
            calibrator.collect_data(_Reader({"image": batch}))
        return calibrator.compute_data()


class _Reader:
    """Calibration data reader of onnxruntime with one batch."""

    def __init__(self, inputs: Dict[str, Any]) -> None:
        self._inputs: Optional[Dict[str, Any]] = inputs

    def get_next(self) -> Optional[Dict[str, Any]]:
        """Return the batch at the first call, then None."""
        given, self._inputs = self._inputs, None
        return given

    def __iter__(self) -> _Reader:
        return self

    def __next__(self) -> Dict[str, Any]:
        given = self.get_next()
        if given is None:
            raise StopIteration
        return given
