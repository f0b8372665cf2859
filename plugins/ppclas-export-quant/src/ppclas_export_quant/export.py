# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The format `quant`: int8 in ONNX, calibrated, evaluated on the validation list, with sensitive layers in float."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from ppclas_core.errors import UserError
from ppclas_core.export import ExportRequest, ExportResult, export_inference, model_files
from ppclas_core.system import PathText
from ppclas_core.tasks import TASKS
from ppclas_export_onnx.convert import convert
from ppclas_export_onnx.export import FILE, STANDALONE, tools
from ppclas_export_onnx.runtime import OnnxRuntime
from ppclas_export_quant import qdq
from ppclas_export_quant.accuracy import Accuracy, latency
from ppclas_export_quant.hybrid import LIMIT, Measure, search
from ppclas_export_quant.layer_errors import LayerError, layer_errors
from ppclas_export_quant.plugin import REPORT
from ppclas_export_quant.ranges import Method, find_ranges
from ppclas_export_quant.samples import Samples, calibration_samples, validation_samples


def export(request: ExportRequest, *, method: Method = "minmax", calibration: Optional[PathText] = None,
           images: int = 128, percentile: float = 99.99, validation: int = 500, max_drop: float = 0.01,
           hybrid: bool = True) -> ExportResult:
    """Write `model.onnx` (activations uint8, weights int8 per channel) and `quantisation.json`.

    Args:
        request: the model, a golden batch and the output folder.
        method: range of activations: `minmax`, `entropy` (Kullback-Leibler) or `percentile` of their histogram.
        calibration: folder or list of typical images; default: the training list of the run.
        images: number of calibration images.
        percentile: percentile of that method, in 50..100.
        validation: number of validation images for the accuracy; 0: agreement with the float model on the calibration
            images is used instead.
        max_drop: largest drop of top-1, in 0..1.
        hybrid: keep the layers with the largest quantization error in float until the drop is small enough; at most
            half of the layers.

    Raises:
        UserError: there are no calibration images, or a number is out of range.
        ExportFailed: the drop stays above `max_drop`; the message names the worst layers.
    """
    check_numbers(images, validation, max_drop, percentile)
    with tempfile.TemporaryDirectory(prefix="ppclas-", dir=request.out) as temporary:
        work = Path(temporary)
        samples, evaluated = gather(request, calibration, images, validation, work)
        floating = work / "float.onnx"
        prepared = work / "prepared.onnx"
        program = work / "inference"
        program.mkdir()
        export_inference(with_folder(request, program))
        convert(*model_files(program), floating)
        qdq.prepare(floating, prepared)
        ranges = find_ranges(prepared, samples, method, percentile, work)
        errors = layer_errors(prepared, ranges, samples, work)
        reference = OnnxRuntime(floating)
        target = request.out / FILE
        measured = Measure(reference, evaluated, request.example)

        def quantize_with(kept: List[str]) -> OnnxRuntime:
            qdq.quantize(prepared, ranges, kept, target)
            return OnnxRuntime(target)

        kept, after = search(quantize_with, errors, measured, max_drop=max_drop, hybrid=hybrid)
        one = request.example[:1]
        facts: Dict[str, Any] = {
            "method": method, "calibration": {"images": len(samples.inputs), "from": samples.origin},
            **report(measured, after), "kept_float": kept, "layers": len(errors),
            "megabytes": {"float": megabytes(floating), "int8": megabytes(target)},
            "milliseconds": {"float": round(latency(reference, one), 2),
                             "int8": round(latency(OnnxRuntime(target), one), 2)}}
        write_report(request.out, facts, errors, kept)
        del reference, measured, evaluated, samples  # they map files of the temporary folder
    return ExportResult(tools=tools(), facts=facts, limit=LIMIT, standalone=STANDALONE)


def load(folder: Path, *, threads: Optional[int] = None, device: str = "cpu") -> OnnxRuntime:
    """Load a bundle in onnxruntime.

    Args:
        folder: folder of the bundle.
        threads: CPU threads; None: all cores.
        device: `cpu`, `gpu` or `gpu:N`.
    """
    return OnnxRuntime(folder / FILE, threads=threads, device=device)


def gather(request: ExportRequest, calibration: Optional[str], images: int, validation: int,
           work: Path) -> Tuple[Samples, Samples]:
    """Return the calibration images and the evaluation images; without the latter, the former without labels.

    Raises:
        UserError: there are no calibration images, or the model is multi-label.
    """
    if "top1" not in TASKS[request.meta.task].reported_names:
        raise UserError("int8 is evaluated by top-1, which a multi-label model does not have",
                        do="export a format in float, such as onnx or openvino")
    samples = calibration_samples(request.meta, calibration, images, work / "calibration.npy")
    evaluated = validation_samples(request.meta, validation, work / "validation.npy") if validation else None
    return samples, evaluated or samples._replace(labels=samples.labels * 0 - 1)


def report(measured: Measure, after: Accuracy) -> Dict[str, Any]:
    """Return the accuracy before and after quantization, for `bundle.json`."""
    evaluated = measured.evaluated
    return {"top1": {"float": measured.before.top1, "int8": after.top1}, "agreement": after.agreement,
            "judged": {"images": len(evaluated.inputs), "from": evaluated.origin}}


def check_numbers(images: int, validation: int, max_drop: float, percentile: float = 99.0) -> None:
    """Check the ranges of the options.

    Raises:
        UserError: a number is out of range.
    """
    for name, value, valid, expected in (("images", images, images >= 1, "at least 1"),
                                    ("validation", validation, validation >= 0, "0 or more"),
                                    ("max_drop", max_drop, 0 <= max_drop <= 1, "in 0..1"),
                                    ("percentile", percentile, 50 <= percentile <= 100, "in 50..100")):
        if not valid:
            raise UserError(f"{name} is {value}; it must be {expected}")


def with_folder(request: ExportRequest, folder: Path) -> ExportRequest:
    """Return the request with another output folder."""
    return dataclasses.replace(request, out=folder)


def megabytes(file: Path) -> float:
    """Return the size of a file in MB (1e6 bytes)."""
    return round(file.stat().st_size / 1e6, 2)


def write_report(folder: Path, facts: Dict[str, Any], errors: List[LayerError], kept: List[str]) -> None:
    """Write `quantisation.json`: the details of `bundle.json`, and the error of each layer, largest first."""
    rows = [{**row._asdict(), "float": row.name in kept} for row in errors]
    text = json.dumps({**facts, "errors": rows}, indent=1)
    (folder / REPORT).write_text(text + "\n", encoding="utf-8")
