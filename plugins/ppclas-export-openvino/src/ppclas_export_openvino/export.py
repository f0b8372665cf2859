# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The format `openvino`: OpenVINO IR, read directly from Paddle's ProgramDesc without a converter."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import Literal, Optional, cast

from ppclas_core.bundles import read_bundle
from ppclas_core.errors import UserError
from ppclas_core.export import (
    BF16_LIMIT,
    ExportFailed,
    ExportRequest,
    ExportResult,
    Standalone,
    export_inference,
    model_files,
)
from ppclas_core.plugins import how_to_install
from ppclas_export_openvino.runtime import OpenVinoRuntime, open_core

FILE = "model.xml"
Precision = Literal["fp32", "bf16"]
STANDALONE = Standalone("openvino", f"""\
import openvino
hint = {{"fp32": "f32", "bf16": "bf16"}}[FACTS["details"]["precision"]]
model = openvino.Core().compile_model(str(FOLDER / "{FILE}"), "CPU", {{"INFERENCE_PRECISION_HINT": hint}})
return lambda batch: model([batch])[0]
""")
"""How `predict_standalone.py` of a bundle runs the model."""


def export(request: ExportRequest, *, precision: Precision = "fp32", softmax: bool = False,
           uint8: bool = False) -> ExportResult:
    """Write `model.xml` and `model.bin`: input `image`, output `logits`; the weights stay float32, any batch size.

    Args:
        request: model and metadata to export.
        precision: precision of the computation: `fp32`, or `bf16` on CPUs with instructions for it.
        softmax: output probabilities instead of logits.
        uint8: the input is uint8 pixels (N, H, W, C) in 0..255, which the graph normalizes.

    Raises:
        UserError: the graph cannot do the preprocessing for `uint8`.
        ExportFailed: OpenVINO cannot read the model.
    """
    import openvino

    with tempfile.TemporaryDirectory(prefix="ppclas-", dir=request.out) as scratch:
        inner = dataclasses.replace(request, out=Path(scratch))
        artefact = export_inference(inner, legacy=True, softmax=softmax, uint8=uint8)
        try:
            model = open_core().read_model(str(model_files(inner.out)[0]))
        except RuntimeError as error:
            raise ExportFailed(f"OpenVINO cannot read this model: {str(error).strip().splitlines()[-1]}",
                               do="try the format 'inference' or 'onnx'") from error
        model.output(0).get_tensor().set_names({"logits"})
        openvino.save_model(model, str(request.out / FILE), compress_to_fp16=False)
        del model  # it maps the weights file, which Windows cannot delete while mapped
    return dataclasses.replace(artefact, tools={"openvino": openvino.__version__}, facts={"precision": precision},
                               limit=BF16_LIMIT if precision == "bf16" else artefact.limit, standalone=STANDALONE)


def export_bf16(request: ExportRequest, *, softmax: bool = False, uint8: bool = False) -> ExportResult:
    """Write the files of `export` for inference in bfloat16."""
    return export(request, precision="bf16", softmax=softmax, uint8=uint8)


def load(folder: Path, *, threads: Optional[int] = None, device: str = "cpu") -> OpenVinoRuntime:
    """Load a bundle in OpenVINO, in the precision that its metadata names.

    Args:
        folder: folder of the bundle.
        threads: CPU threads; None: all cores.
        device: `cpu`, `gpu` or `gpu:N`.

    Raises:
        UserError: a bundle of Paddle 3's IR (PIR) needs ppclas-export-onnx; see also `OpenVinoRuntime`.
    """
    precision = read_bundle(folder).facts.get("details", {}).get("precision", "fp32")
    return _runtime(folder, precision, threads, device)


def load_bf16(folder: Path, *, threads: Optional[int] = None, device: str = "cpu") -> OpenVinoRuntime:
    """Load a bundle in OpenVINO, in bfloat16."""
    return _runtime(folder, "bf16", threads, device)


def _runtime(folder: Path, precision: str, threads: Optional[int], device: str) -> OpenVinoRuntime:
    bundle = read_bundle(folder)
    return OpenVinoRuntime(_readable(folder, bundle.format), precision=cast(Precision, precision), threads=threads,
                          device=device, log_of_output=bundle.gives_probabilities)


def _readable(folder: Path, format: str) -> Path:
    """Return a model file that OpenVINO can read; a program of Paddle 3's IR (PIR) is converted to ONNX and cached."""
    legacy = folder / "inference.pdmodel"
    if format == "inference" and legacy.is_file():
        return legacy
    if format in ("inference", "onnx", "quant"):
        try:
            from ppclas_export_onnx.export import onnx_file
        except ModuleNotFoundError:
            raise UserError(f"OpenVINO runs a bundle of the format '{format}' through ONNX", where=str(folder),
                            do=how_to_install("ppclas-export-onnx")) from None
        return onnx_file(folder)
    return folder / FILE
