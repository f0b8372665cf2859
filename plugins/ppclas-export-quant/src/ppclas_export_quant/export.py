# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The format `quant`: int8 in ONNX, calibrated, judged on the validation list, hybrid where layers hurt."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from ppclas_core.errors import UserError
from ppclas_core.export import Artefact, ExportFailed, ExportRequest
from ppclas_core.export.inference import export as export_inference
from ppclas_core.export.inference import model_files
from ppclas_export_onnx.convert import convert
from ppclas_export_onnx.engine import OnnxEngine
from ppclas_export_onnx.export import FILE, tools
from ppclas_export_quant import qdq
from ppclas_export_quant.accuracy import Accuracy, answers, drop, judge, latency
from ppclas_export_quant.layer_errors import LayerError, layer_errors
from ppclas_export_quant.ranges import Method, find_ranges
from ppclas_export_quant.samples import Samples, calibration_samples, validation_samples

LIMIT = 1.0
"""Difference of logits on the golden batch, in standard deviations over the classes, beyond which something is broken
rather than rounded; what rounding costs is judged by accuracy."""
REPORT = "quantisation.json"


def export(request: ExportRequest, *, method: Method = "minmax", calibration: Optional[str] = None, images: int = 128,
           percentile: float = 99.99, validation: int = 500, max_drop: float = 0.01, hybrid: bool = True) -> Artefact:
    """Write `model.onnx` (activations uint8, weights int8 per channel) and `quantisation.json`.

    Args:
        method: range of activations: `minmax`, `entropy` (Kullback-Leibler) or `percentile` of their histogram.
        calibration: folder or list of typical images; by default the training list of the run.
        images: how many of them.
        percentile: for that method, in 50..100.
        validation: images of the validation list that accuracy is measured on; of none, agreement with the float model
            on the calibration images takes its place.
        max_drop: largest loss of top-1, in 0..1.
        hybrid: keep in float, one after the other, the layers that quantisation hurts most, until the loss is small
            enough; at most half of them.

    Raises:
        UserError: no images to calibrate with, or a number out of range.
        ExportFailed: the loss stays above `max_drop`; the message has the worst layers.
    """
    check_numbers(images, validation, max_drop, percentile)
    with tempfile.TemporaryDirectory(prefix="ppclas-", dir=request.out) as place:
        work = Path(place)
        samples, judged = gather(request, calibration, images, validation, work)
        floating, prepared = work / "float.onnx", work / "prepared.onnx"
        inner = work / "inference"
        inner.mkdir()
        export_inference(_to(request, inner))
        convert(*model_files(inner), floating)
        qdq.prepare(floating, prepared)
        ranges = find_ranges(prepared, samples, method, percentile, work)
        errors = layer_errors(prepared, ranges, samples, work)
        reference = OnnxEngine(floating)
        expected = answers(reference, judged)
        before = judge(expected, expected, judged)
        target = request.out / FILE
        kept, after = _search(prepared, ranges, errors, target, judged, expected, before, max_drop, hybrid)
        one = request.example[:1]
        facts: Dict[str, Any] = {
            "method": method, "calibration": {"images": len(samples.inputs), "from": samples.origin},
            **report(before, after, judged),
            "kept_float": kept, "layers": len(errors),
            "megabytes": {"float": _megabytes(floating), "int8": _megabytes(target)},
            "milliseconds": {"float": round(latency(reference, one), 2),
                             "int8": round(latency(OnnxEngine(target), one), 2)}}
        _write_report(request.out, facts, errors, kept)
        del reference, judged, samples  # they map files of the folder
    return Artefact(tools=tools(), facts=facts, limit=LIMIT)


def load(folder: Path, *, threads: Optional[int] = None, device: str = "cpu") -> OnnxEngine:
    """The engine of a bundle: onnxruntime.

    Args:
        threads: CPU threads; None: all cores.
        device: `cpu`, `gpu` or `gpu:N`.
    """
    return OnnxEngine(folder / FILE, threads=threads, device=device)


def _search(prepared: Path, ranges: Any, errors: List[LayerError], out: Path, judged: Samples, expected: Any,
            before: Accuracy, max_drop: float, hybrid: bool) -> Tuple[List[str], Accuracy]:
    """Quantise with ever more of the worst layers in float; the first that is good enough."""
    counts = [0]
    while hybrid and (following := max(1, 2 * counts[-1])) <= len(errors) // 2:
        counts.append(following)
    losses = []
    for count in counts:
        kept = [row.name for row in errors[:count]]
        qdq.quantise(prepared, ranges, kept, out)
        after = judge(answers(OnnxEngine(out), judged), expected, judged)
        losses.append(drop(before, after))
        if losses[-1] <= max_drop:
            return kept, after
    worst = ", ".join(f"{row.name} {row.error:.1%}" for row in errors[:5])
    tried = f", {min(losses):.4f} with {counts[losses.index(min(losses))]} layers in float" if len(losses) > 1 else ""
    raise ExportFailed(f"int8 loses {losses[0]:.4f} of top-1 on {len(judged.inputs)} images of the {judged.origin}"
                       f"{tried}; max_drop is {max_drop:g}. Layers with the largest error of their own: {worst}",
                       do="another method (entropy, percentile), more images, quantisation-aware training, or a larger "
                       "max_drop")


def gather(request: ExportRequest, calibration: Optional[str], images: int, validation: int,
           work: Path) -> Tuple[Samples, Samples]:
    """Images to calibrate with, and images to judge by."""
    samples = calibration_samples(request.meta, calibration, images, work / "calibration.npy")
    judged = validation_samples(request.meta, validation, work / "validation.npy") if validation else None
    return samples, judged or samples._replace(labels=samples.labels * 0 - 1)


def report(before: Accuracy, after: Accuracy, judged: Samples) -> Dict[str, Any]:
    """Accuracy before and after, for `bundle.json`."""
    return {"top1": {"float": before.top1, "int8": after.top1}, "agreement": after.agreement,
            "judged": {"images": len(judged.inputs), "from": judged.origin}}


def check_numbers(images: int, validation: int, max_drop: float, percentile: float = 99.0) -> None:
    """Refuse numbers out of their range.

    Raises:
        UserError: the first that is.
    """
    for name, value, good, span in (("images", images, images >= 1, "at least 1"),
                                    ("validation", validation, validation >= 0, "0 or more"),
                                    ("max_drop", max_drop, 0 <= max_drop <= 1, "in 0..1"),
                                    ("percentile", percentile, 50 <= percentile <= 100, "in 50..100")):
        if not good:
            raise UserError(f"{name} is {value}; it must be {span}")


def _to(request: ExportRequest, folder: Path) -> ExportRequest:
    import dataclasses

    return dataclasses.replace(request, out=folder)


def _megabytes(file: Path) -> float:
    return round(file.stat().st_size / 1e6, 2)


def _write_report(folder: Path, facts: Dict[str, Any], errors: List[LayerError], kept: List[str]) -> None:
    rows = [{**row._asdict(), "float": row.name in kept} for row in errors]
    text = json.dumps({**facts, "errors": rows}, indent=1)
    (folder / REPORT).write_text(text + "\n", encoding="utf-8")
