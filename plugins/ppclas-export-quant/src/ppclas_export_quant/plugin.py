# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the formats `quant` and `quant-paddle` and of the callback `QuantAware`."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Callback, Exporter, hookimpl

REPORT = "quantisation.json"
"""File of a bundle with the quantization error of each layer."""


@hookimpl
def ppclas_exporters() -> Iterable[Exporter]:
    """Return the formats `quant` and `quant-paddle`."""
    package = "ppclas_export_quant"
    onnx = ("paddle:paddlepaddle", "onnxruntime", "onnx", "paddle2onnx", "ml_dtypes:ml-dtypes",
            "ppclas_export_onnx:ppclas-export-onnx")
    return [
        Exporter("quant", f"{package}.export:export", f"{package}.export:load", requires=onnx,
                 aliases=("onnxruntime-int8",), reports=(REPORT,),
                 doc="int8 in ONNX, four times smaller, for onnxruntime and OpenVINO"),
        Exporter("quant-paddle", f"{package}.paddle_format:export", f"{package}.paddle_format:load", requires=onnx,
                 aliases=("paddle-int8",), reports=(REPORT,), doc="int8 for Paddle Inference on the CPU"),
    ]


@hookimpl
def ppclas_callbacks() -> Iterable[Callback]:
    """Return the callback `QuantAware`."""
    return [Callback("QuantAware", "ppclas_export_quant.quant_aware:QuantAware",
                     doc="trains with the rounding of int8, so that the weights adapt to it")]
