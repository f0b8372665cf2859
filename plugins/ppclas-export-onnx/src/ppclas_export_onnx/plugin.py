# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the format `onnx`."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Exporter, hookimpl


@hookimpl
def ppclas_exporters() -> Iterable[Exporter]:
    """Return the format `onnx`."""
    package = "ppclas_export_onnx"
    return [Exporter("onnx", f"{package}.export:export", f"{package}.export:load",
                     requires=("paddle:paddlepaddle", "onnxruntime", "onnx", "paddle2onnx"), aliases=("onnxruntime",),
                     reads=("inference",), doc="ONNX model; its runtime is called 'onnxruntime'")]
