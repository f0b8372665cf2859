# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The format `kserve`: an InferenceService and the folder for its storage."""

from __future__ import annotations

import dataclasses
import os
import re
import tempfile
from pathlib import Path
from typing import Dict, Literal, Optional, Union

import yaml

from ppclas_core.bundles import read_bundle
from ppclas_core.export import ExportRequest, ExportResult, export_inference, model_files
from ppclas_core.runtimes import PaddleRuntime
from ppclas_export_onnx.runtime import OnnxRuntime
from ppclas_export_serving.repository import model_file, write_repository

SERVICE = "inferenceservice.yaml"
MODELS = "models"
Runtime = Literal["triton", "paddle"]
FORMATS: Dict[str, Dict[str, str]] = {"triton": {"name": "triton", "version": "2"},
                                      "paddle": {"name": "paddle", "version": "2"}}
"""Model format of each runtime, as `kserve-<runtime>server` expects it."""


def export(request: ExportRequest, *, runtime: Runtime = "triton", storage: str = "",
           softmax: bool = False) -> ExportResult:
    """Write `inferenceservice.yaml` and `models/`, which must be copied to the storage that the former names.

    Args:
        request: model and metadata to export.
        runtime: `triton` (kserve-tritonserver: V2 over HTTP and gRPC, dynamic batching) or `paddle`
            (kserve-paddleserver: V1, `{"instances": [...]}`).
        storage: URI of the copy of `models/`, such as `s3://bucket/folder` or `pvc://claim/folder`; "":
            `pvc://models/NAME` with the name of the service.
        softmax: output probabilities instead of logits.

    Raises:
        ExportFailed: the conversion to ONNX fails.
    """
    models = request.out / MODELS
    models.mkdir()
    if runtime == "triton":
        artefact = write_repository(request, models, request.record.name, max_batch=32, max_delay=1.0,
                                    softmax=softmax, uint8=False)
    else:
        artefact = _paddle(request, models, softmax)
    name = service_name(request.record.name)
    service = inference_service(name, runtime, storage or f"pvc://models/{name}")
    text = yaml.safe_dump(service, sort_keys=False)
    (request.out / SERVICE).write_text(text, encoding="utf-8")
    return dataclasses.replace(artefact, facts={"runtime": runtime, "service": name})


def load(folder: Path, *, threads: Optional[int] = None, device: str = "cpu") -> Union[OnnxRuntime, PaddleRuntime]:
    """Load the model in the library that the server uses: onnxruntime for Triton, Paddle Inference for Paddle.

    Args:
        folder: folder of the bundle.
        threads: CPU threads; None: all cores.
        device: `cpu`, `gpu` or `gpu:N`.

    Raises:
        UserError: the folder is incomplete; see also the runtimes.
    """
    bundle = read_bundle(folder)
    models = folder / MODELS
    log_of_output = bundle.gives_probabilities
    if bundle.facts["details"]["runtime"] == "triton":
        return OnnxRuntime(model_file(models), threads=threads, device=device, log_of_output=log_of_output)
    return PaddleRuntime(models / "model.pdmodel", models / "model.pdiparams", threads=threads, device=device,
                        log_of_output=log_of_output)


def inference_service(name: str, runtime: str, storage: str) -> Dict[str, object]:
    """Return the resource `InferenceService` of `serving.kserve.io/v1beta1`."""
    model = {"modelFormat": FORMATS[runtime], "runtime": f"kserve-{runtime}server",
             "protocolVersion": "v2" if runtime == "triton" else "v1", "storageUri": storage}
    return {"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "metadata": {"name": name},
            "spec": {"predictor": {"model": model}}}


def service_name(architecture: str) -> str:
    """Return a name that is valid in Kubernetes: lower-case letters, digits and `-`."""
    return re.sub(r"[^a-z0-9]+", "-", architecture.lower()).strip("-")


def _paddle(request: ExportRequest, models: Path, softmax: bool) -> ExportResult:
    with tempfile.TemporaryDirectory(prefix="ppclas-", dir=request.out) as scratch:
        inner = dataclasses.replace(request, out=Path(scratch))
        artefact = export_inference(inner, legacy=True, softmax=softmax)
        for file in model_files(inner.out):
            os.replace(file, models / f"model{file.suffix}")
    return artefact
