# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The range of every activation over the calibration images."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any, Dict, List, Literal, Optional

from ppclas_export_quant.samples import Samples

Method = Literal["minmax", "entropy", "percentile"]


def operators() -> List[str]:
    """All operators that onnxruntime runs on int8."""
    from onnxruntime.quantization.registry import QDQRegistry, QLinearOpsRegistry

    return sorted({*QDQRegistry, *QLinearOpsRegistry})


def find_ranges(model: Path, samples: Samples, method: Method, percentile: float, work: Path) -> Any:
    """The `TensorsData` of onnxruntime: activation -> lowest and highest value.

    Args:
        method: `minmax`: what occurred; `entropy`: the range whose histogram of 8 bits tells most (Kullback-Leibler);
            `percentile`: the tails of the histogram beyond it are cut.
        work: an existing folder for intermediate files.
    """
    from onnxruntime.quantization import CalibrationMethod
    from onnxruntime.quantization.calibrate import create_calibrator

    kinds = {"minmax": CalibrationMethod.MinMax, "entropy": CalibrationMethod.Entropy,
             "percentile": CalibrationMethod.Percentile}
    extra: Dict[str, Any] = {"percentile": percentile} if method == "percentile" else {}
    calibrator = create_calibrator(model, operators(), str(work / "augmented.onnx"), kinds[method],
                                   extra_options=extra)
    with contextlib.redirect_stdout(io.StringIO()):  # it tells every batch
        for batch in samples.batches():  # each call adds to the ranges and frees the activations
            calibrator.collect_data(_Reader({"image": batch}))
        return calibrator.compute_data()


class _Reader:
    """What onnxruntime asks for the next inputs: one batch, then no more."""

    def __init__(self, inputs: Dict[str, Any]) -> None:
        self._inputs: Optional[Dict[str, Any]] = inputs

    def get_next(self) -> Optional[Dict[str, Any]]:
        """The batch, once."""
        given, self._inputs = self._inputs, None
        return given

    def __iter__(self) -> _Reader:
        return self

    def __next__(self) -> Dict[str, Any]:
        given = self.get_next()
        if given is None:
            raise StopIteration
        return given
