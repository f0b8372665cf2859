# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The format `quant-paddle`: int8 by Paddle's static quantization, run by Paddle Inference with oneDNN."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, List, Literal, Optional

from ppclas_core.export import ExportFailed, ExportRequest, ExportResult, export_inference
from ppclas_core.runtimes import PaddleRuntime
from ppclas_core.system import PathText
from ppclas_export_onnx.convert import convert
from ppclas_export_quant.accuracy import latency
from ppclas_export_quant.export import check_numbers, gather, megabytes, report, with_folder, write_report
from ppclas_export_quant.hybrid import LIMIT, Measure, search
from ppclas_export_quant.layer_errors import LayerError, layer_errors
from ppclas_export_quant.ranges import find_ranges
from ppclas_export_quant.samples import Samples

STEM = "quantised"
ALGORITHMS = {"minmax": "abs_max", "percentile": "hist", "avg": "avg"}
"""Names of the methods in Paddle.

Its KL is not offered because it takes 15 minutes for 100 images, its min_max because it leaves the weights in float.
"""


def export(request: ExportRequest, *, method: Literal["minmax", "avg", "percentile"] = "minmax",
           calibration: Optional[PathText] = None, images: int = 128, validation: int = 500, max_drop: float = 0.01,
           hybrid: bool = True) -> ExportResult:
    """Write `quantised.pdmodel`, `quantised.pdiparams`, whose weights are int8, and `quantisation.json`.

    Args:
        request: the model, a golden batch and the output folder.
        method: range of activations: `minmax`: observed range; `avg`: mean of the maxima of the batches; `percentile`:
            percentile of the histogram.
        calibration: folder or list of typical images; default: the training list of the run.
        images: number of calibration images.
        validation: number of validation images for the accuracy; 0: agreement with the float model on the calibration
            images is used instead.
        max_drop: largest drop of top-1, in 0..1.
        hybrid: keep the layers with the largest quantization error in float until the drop is small enough; at most
            half of the layers.

    Raises:
        UserError: there are no calibration images, or a number is out of range.
        ExportFailed: Paddle cannot quantize the model, or the drop is above `max_drop`.
    """
    check_numbers(images, validation, max_drop)
    with tempfile.TemporaryDirectory(prefix="ppclas-", dir=request.out) as temporary:
        work = Path(temporary)
        samples, evaluated = gather(request, calibration, images, validation, work)
        export_inference(with_folder(request, work), legacy=True)
        model = work / "inference.pdmodel"
        params = work / "inference.pdiparams"
        errors = _errors(model, params, samples, work)
        floating = PaddleRuntime(model, params)
        target = request.out / f"{STEM}.pdiparams"
        measured = Measure(floating, evaluated, request.example)

        def quantize_with(kept: List[str]) -> PaddleRuntime:
            _quantize(work, ALGORITHMS[method], kept, request.out)
            if not kept and 2 * megabytes(target) > megabytes(params):
                raise ExportFailed(f"Paddle left the weights of this model in float, with the method '{method}'",
                                   do="try another method, or the format 'quant'")
            return load(request.out)

        kept, after = search(quantize_with, errors, measured, max_drop=max_drop, hybrid=hybrid)
        one = request.example[:1]
        facts = {"method": method, "calibration": {"images": len(samples.inputs), "from": samples.origin},
                 **report(measured, after), "kept_float": kept, "layers": len(errors),
                 "megabytes": {"float": megabytes(params), "int8": megabytes(target)},
                 "milliseconds": {"float": round(latency(floating, one), 2),
                                  "int8": round(latency(load(request.out), one), 2)}}
        write_report(request.out, facts, errors, kept)
        del floating, measured, evaluated, samples  # they map files of the temporary folder
    return ExportResult(facts=facts, limit=LIMIT)


def load(folder: Path, *, threads: Optional[int] = None, device: str = "cpu") -> PaddleRuntime:
    """Load a bundle in Paddle Inference.

    Args:
        folder: folder of the bundle.
        threads: CPU threads; None: all cores.
        device: `cpu`; Paddle runs int8 only there.
    """
    return PaddleRuntime(folder / f"{STEM}.pdmodel", folder / f"{STEM}.pdiparams", threads=threads, device=device,
                        precision="int8")


def _errors(model: Path, params: Path, samples: Samples, work: Path) -> List[LayerError]:
    """Return the errors of the layers that Paddle quantizes, by weight name, largest first; computed in ONNX."""
    file = work / "model.onnx"
    convert(model, params, file)
    weights = _name_weights(file)
    rows = layer_errors(file, find_ranges(file, samples, "minmax", 100.0, work), samples, work)
    return [row._replace(name=weights[row.name]) for row in rows if row.name in weights]


def _name_weights(file: Path) -> Dict[str, str]:
    """Turn constants of a converted model into initializers, and return the weight name in Paddle of each layer."""
    import onnx

    model = onnx.load(str(file))
    graph = model.graph
    constants = [node for node in graph.node if node.op_type == "Constant"]
    for node in constants:
        tensor = onnx.helper.get_node_attr_value(node, "value")
        tensor.name = node.output[0]
        graph.initializer.append(tensor)
        graph.node.remove(node)
    onnx.save(model, str(file))
    known = {each.name for each in graph.initializer}
    return {node.name: name for node in graph.node if node.op_type in ("Conv", "Gemm", "MatMul")
            for name in node.input[1:2] if name in known}


def _quantize(work: Path, algorithm: str, kept: List[str], out: Path) -> None:
    """Run `paddle_child`: Paddle 3 quantizes only programs in its legacy IR, which is selected for a whole process."""
    environment = {**os.environ, "FLAGS_enable_pir_api": "0"}
    command = [sys.executable, str(Path(__file__).with_name("paddle_child.py")), str(work), algorithm, str(out), STEM,
               *kept]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace")
    if done.returncode or not (out / f"{STEM}.pdmodel").is_file():
        lines = [line.strip() for line in done.stdout.splitlines() if "Error" in line] or done.stdout.splitlines()
        raise ExportFailed(f"Paddle cannot quantize this model (exit code {done.returncode}): "
                           f"{' | '.join(lines[-2:])[:600]}", do="try the format 'quant'")
