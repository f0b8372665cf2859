# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Format `tensorrt`: a ProgramDesc whose subgraphs Paddle Inference runs with TensorRT on an NVIDIA GPU."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Literal, Optional

from ppclas_core.bundles.bundle import read_bundle
from ppclas_core.errors import UserError
from ppclas_core.export.inference import export_inference, model_files
from ppclas_core.export.request import ExportRequest, ExportResult
from ppclas_core.runtimes.gpu import check_tensorrt
from ppclas_core.runtimes.paddle_inference import PaddleRuntime, Tuning

LIMIT = {"fp32": 1e-2, "fp16": 0.2}
"""Precision -> tolerance for logits: GPUs multiply float32 as TF32, which has ten mantissa bits, like fp16."""


def export(request: ExportRequest, *, precision: Literal["fp32", "fp16"] = "fp32",
           softmax: bool = False) -> ExportResult:
    """Write `inference.pdmodel` and `inference.pdiparams`; TensorRT builds its engine on the GPU that runs them.

    Args:
        request: model and metadata to export.
        precision: precision of the computation.
        softmax: the output is probabilities instead of logits.

    Raises:
        UserError: there is no GPU for the verification, or this Paddle has no TensorRT.
    """
    check_tensorrt("gpu")
    artifact = export_inference(request, legacy=True, softmax=softmax)
    return dataclasses.replace(artifact, facts={"precision": precision}, limit=LIMIT[precision])


def load(folder: Path, *, threads: Optional[int] = None, device: str = "gpu") -> PaddleRuntime:
    """Load the TensorRT runtime of a bundle, in the precision of the bundle.

    Args:
        folder: folder of the bundle.
        threads: CPU threads for operators outside of TensorRT; None: all cores.
        device: `gpu` or `gpu:N`.

    Raises:
        UserError: see `check_tensorrt`; also for a bundle with a Paddle 3 program.
    """
    model, params = model_files(folder)
    if model.suffix == ".json":
        raise UserError("TensorRT needs a ProgramDesc (.pdmodel), and this bundle has a Paddle 3 program (.json)",
                        where=str(folder), do="export it as 'tensorrt', or as 'inference' with --option legacy=true")
    bundle = read_bundle(folder)
    half = bundle.facts.get("details", {}).get("precision") == "fp16"
    return PaddleRuntime(model, params, threads=threads, device=device, precision="fp16" if half else "fp32",
                        tuning=Tuning(tensorrt=True), log_of_output=bundle.gives_probabilities)
