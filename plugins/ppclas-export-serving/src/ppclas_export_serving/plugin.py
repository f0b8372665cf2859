# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the formats `serving`, `triton` and `kserve`."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Environment, Exporter, hookimpl

PADDLE_SERVING = Environment(
    "serving",
    packages=("flask", "func_timeout", "grpcio", "requests", "six", "pyyaml", "pytest", "shapely", "pyclipper"),
    alone=("paddle-serving-app==0.9.0", "paddle-serving-server==0.9.0", "paddle-serving-client==0.2.1"),
    modules=("paddle_serving_app",), shares=True)
"""Environment of Paddle Serving, without its pinned requirements (Python 3.9), on the Paddle of ppclas."""


@hookimpl
def ppclas_exporters() -> Iterable[Exporter]:
    """Return the formats `serving`, `triton` and `kserve`."""
    package = "ppclas_export_serving"
    paddle = "paddle:paddlepaddle"
    onnx = (paddle, "onnxruntime", "onnx", "paddle2onnx", "ppclas_export_onnx:ppclas-export-onnx")
    return [
        Exporter("serving", f"{package}.serving:export", f"{package}.serving:load", requires=(paddle,),
                 environment=PADDLE_SERVING, packs=True, doc="folders of Paddle Serving, as in 2020 or in 0.9"),
        Exporter("triton", f"{package}.triton:export", f"{package}.triton:load", requires=onnx,
                 packs=True, doc="model repository of Triton, with dynamic batching"),
        Exporter("kserve", f"{package}.kserve:export", f"{package}.kserve:load", requires=onnx,
                 packs=True, doc="InferenceService and model folder of KServe"),
    ]
