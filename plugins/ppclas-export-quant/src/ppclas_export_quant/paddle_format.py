# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The format `quant-paddle`: int8 by Paddle's own static quantisation, run by Paddle Inference with oneDNN."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal, Optional

from ppclas_core.export import Artefact, ExportFailed, ExportRequest
from ppclas_core.export.inference import export as export_inference
from ppclas_core.export.paddle_engine import PaddleEngine
from ppclas_export_quant.accuracy import answers, drop, judge, latency
from ppclas_export_quant.export import LIMIT, _megabytes, _to, check_numbers, gather, report

STEM = "quantised"
ALGORITHMS = {"minmax": "abs_max", "percentile": "hist", "avg": "avg"}
"""Paddle's names; its KL takes a quarter of an hour for a hundred images, its min_max leaves the weights in float."""


def export(request: ExportRequest, *, method: Literal["avg", "minmax", "percentile"] = "avg",
           calibration: Optional[str] = None, images: int = 128, validation: int = 500,
           max_drop: float = 0.01) -> Artefact:
    """Write `quantised.pdmodel` and `quantised.pdiparams`, whose weights are int8.

    Args:
        method: range of activations: `avg` of the largest of each batch, `minmax`, or `percentile` of their
            histogram.
        calibration: folder or list of typical images; by default the training list of the run.
        images: how many of them.
        validation: images of the validation list that accuracy is measured on; of none, agreement with the float model
            on the calibration images takes its place.
        max_drop: largest loss of top-1, in 0..1.

    Raises:
        UserError: no images to calibrate with, or a number out of range.
        ExportFailed: Paddle cannot quantise the model, or the loss is above `max_drop`.
    """
    check_numbers(images, validation, max_drop)
    with tempfile.TemporaryDirectory(prefix="ppclas-", dir=request.out) as place:
        work = Path(place)
        samples, judged = gather(request, calibration, images, validation, work)
        export_inference(_to(request, work), legacy=True)
        _quantise(work, ALGORITHMS[method], len(samples.inputs), request.out)
        if 2 * _megabytes(request.out / f"{STEM}.pdiparams") > _megabytes(work / "inference.pdiparams"):
            raise ExportFailed(f"Paddle left the weights of this model in float, with the method '{method}'",
                               do="another method, or the format 'quant'")
        floating = PaddleEngine(work / "inference.pdmodel", work / "inference.pdiparams")
        engine = load(request.out)
        expected = answers(floating, judged)
        before, after = judge(expected, expected, judged), judge(answers(engine, judged), expected, judged)
        if drop(before, after) > max_drop:
            raise ExportFailed(f"int8 by Paddle loses {drop(before, after):.4f} of top-1 on {len(judged.inputs)} "
                               f"images from the {judged.origin}; max_drop is {max_drop:g}",
                               do="the format 'quant', which keeps in float the layers that hurt, or another method")
        one = request.example[:1]
        facts = {"method": method, "calibration": {"images": len(samples.inputs), "from": samples.origin},
                 **report(before, after, judged),
                 "megabytes": {"float": _megabytes(work / "inference.pdiparams"),
                               "int8": _megabytes(request.out / f"{STEM}.pdiparams")},
                 "milliseconds": {"float": round(latency(floating, one), 2), "int8": round(latency(engine, one), 2)}}
        del floating, judged, samples  # they map files of the folder
    return Artefact(facts=facts, limit=LIMIT)


def load(folder: Path, *, threads: Optional[int] = None, device: str = "cpu") -> PaddleEngine:
    """The engine of a bundle.

    Args:
        threads: CPU threads; None: all cores.
        device: `cpu`; Paddle runs int8 nowhere else.
    """
    return PaddleEngine(folder / f"{STEM}.pdmodel", folder / f"{STEM}.pdiparams", threads=threads, device=device,
                        precision="int8")


def _quantise(work: Path, algorithm: str, images: int, out: Path) -> None:
    """Run `paddle_child`: Paddle 3 quantises only the old form, in a process that was started for it."""
    environment = {**os.environ, "FLAGS_enable_pir_api": "0"}
    command = [sys.executable, str(Path(__file__).with_name("paddle_child.py")), str(work), algorithm, str(images),
               str(out), STEM]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace")
    if done.returncode or not (out / f"{STEM}.pdmodel").is_file():
        lines = [line.strip() for line in done.stdout.splitlines() if "Error" in line] or done.stdout.splitlines()
        raise ExportFailed(f"Paddle cannot quantise this model (exit code {done.returncode}): "
                           f"{' | '.join(lines[-2:])[:600]}", do="the format 'quant' may do")
