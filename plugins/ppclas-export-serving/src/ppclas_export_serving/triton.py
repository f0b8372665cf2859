# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The format `triton`: a model repository for the Triton Inference Server with its ONNX Runtime backend."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Optional

from ppclas_core.bundles import read_bundle
from ppclas_core.export import ExportRequest, ExportResult
from ppclas_export_onnx.runtime import OnnxRuntime
from ppclas_export_serving.repository import model_file, write_repository

REPOSITORY = "repository"


def export(request: ExportRequest, *, name: str = "", max_batch: int = 32, max_delay: float = 1.0,
           softmax: bool = False, uint8: bool = False) -> ExportResult:
    """Write `repository/NAME/`: `config.pbtxt`, `labels.txt` and `1/model.onnx`, input `image`, output `logits`.

    Args:
        request: model and metadata to export.
        name: name of the model; "": the architecture.
        max_batch: largest batch that Triton forms from waiting requests.
        max_delay: longest wait of a request for others, in ms.
        softmax: output probabilities instead of logits.
        uint8: the input is uint8 pixels (N, H, W, C) in 0..255, which the graph normalizes.

    Raises:
        UserError: name or numbers are not valid in Triton, or the graph cannot do the preprocessing for `uint8`.
        ExportFailed: the conversion to ONNX fails.
    """
    name = name or request.record.name
    artefact = write_repository(request, request.out / REPOSITORY, name, max_batch=max_batch, max_delay=max_delay,
                                softmax=softmax, uint8=uint8)
    return dataclasses.replace(artefact, facts={"model": name})


def load(folder: Path, *, threads: Optional[int] = None, device: str = "cpu") -> OnnxRuntime:
    """Load the ONNX model of the repository in onnxruntime, as Triton's backend does.

    Args:
        folder: folder of the bundle.
        threads: CPU threads; None: all cores.
        device: `cpu`, `gpu` or `gpu:N`.

    Raises:
        UserError: the repository is incomplete; see also `OnnxRuntime`.
    """
    return OnnxRuntime(model_file(folder / REPOSITORY), threads=threads, device=device,
                      log_of_output=read_bundle(folder).gives_probabilities)
