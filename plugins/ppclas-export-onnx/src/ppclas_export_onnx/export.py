# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The format `onnx`: an ONNX model."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path
from typing import Dict, Optional

import ppclas_core
from ppclas_core.bundles import read_bundle
from ppclas_core.errors import UserError
from ppclas_core.export import ExportRequest, ExportResult, Standalone, export_inference, model_files
from ppclas_core.runtimes import converted_file
from ppclas_export_onnx.convert import convert
from ppclas_export_onnx.runtime import OnnxRuntime

FILE = "model.onnx"
OPSETS = range(11, 18)
STANDALONE = Standalone("onnxruntime", f"""\
import onnxruntime
file = next(FOLDER.rglob("{FILE}"))
options = onnxruntime.SessionOptions()
options.log_severity_level = 3  # errors
session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
return lambda batch: session.run(None, {{session.get_inputs()[0].name: batch}})[0]
""")
"""How `predict_standalone.py` of a bundle with an ONNX model runs it."""


def export(request: ExportRequest, *, opset: int = 13, softmax: bool = False, uint8: bool = False) -> ExportResult:
    """Write `model.onnx`: input `image`, output `logits` (with `softmax` too), both with the dynamic dimension `batch`.

    `metadata_props` has `producer`, `architecture`, and the class names as JSON in `labels`.

    Args:
        request: model and metadata to export.
        opset: version of the operator set, 11..17; 13 is widely supported.
        softmax: output probabilities instead of logits.
        uint8: the input is uint8 pixels (N, H, W, C) in 0..255, which the graph normalizes.

    Raises:
        UserError: `opset` is out of range, or the graph cannot do the preprocessing for `uint8`.
        ExportFailed: the converter fails.
    """
    if opset not in OPSETS:
        raise UserError(f"opset is {opset}; it must be in {OPSETS[0]}..{OPSETS[-1]}")
    with tempfile.TemporaryDirectory(prefix="ppclas-", dir=request.out) as scratch:
        inner = dataclasses.replace(request, out=Path(scratch))
        artefact = export_inference(inner, softmax=softmax, uint8=uint8)
        metadata = {"producer": f"ppclas {ppclas_core.__version__}", "architecture": request.record.name,
                    "labels": json.dumps(request.meta.labels)}
        convert(*model_files(inner.out), request.out / FILE, opset=opset, metadata=metadata)
    return dataclasses.replace(artefact, tools=tools(), facts={"opset": opset}, standalone=STANDALONE)


def load(folder: Path, *, threads: Optional[int] = None, device: str = "cpu") -> OnnxRuntime:
    """Load a bundle in onnxruntime; a bundle of the format `inference` is converted once and cached.

    Args:
        folder: folder of the bundle.
        threads: CPU threads; None: all cores.
        device: `cpu`, `gpu` or `gpu:N`.

    Raises:
        UserError: see `OnnxRuntime`.
        ExportFailed: a bundle of the format `inference` cannot be converted.
    """
    return OnnxRuntime(onnx_file(folder), threads=threads, device=device,
                      log_of_output=read_bundle(folder).gives_probabilities)


def onnx_file(folder: Path) -> Path:
    """Return the ONNX model of a bundle of the format `onnx`, `quant` or `inference` (converted)."""
    if read_bundle(folder).format != "inference":
        return folder / FILE
    model, params = model_files(folder)
    return converted_file([model, params], FILE, tools(), lambda out: convert(model, params, out))


def tools() -> Dict[str, str]:
    """Return the versions of the tools for `bundle.json`."""
    import importlib_metadata

    return {name: importlib_metadata.version(name) for name in ("paddle2onnx", "onnx", "onnxruntime")}
