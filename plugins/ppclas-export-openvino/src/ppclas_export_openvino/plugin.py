# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the formats `openvino` and `openvino-bf16`."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Exporter, hookimpl


@hookimpl
def ppclas_exporters() -> Iterable[Exporter]:
    """Return the formats `openvino` and `openvino-bf16`."""
    package = "ppclas_export_openvino"
    needs = ("paddle:paddlepaddle", "openvino")
    return [
        Exporter("openvino", f"{package}.export:export", f"{package}.export:load", requires=needs,
                 reads=("inference", "onnx", "quant"), doc="OpenVINO IR, computed in float32 or as its option says"),
        Exporter("openvino-bf16", f"{package}.export:export_bf16", f"{package}.export:load_bf16", requires=needs,
                 reads=("inference", "onnx", "openvino"), doc="the same files, computed in bfloat16"),
    ]
