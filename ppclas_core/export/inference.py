# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Format `inference`: the files of Paddle Inference and of all tools that read Paddle models.

An `ExportRequest` comes in, the model files and an `ExportResult` go out; `write` adds the other files of the bundle.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
from pathlib import Path
from typing import Literal, Optional, Tuple

from ppclas_core.bundles.bundle import read_bundle
from ppclas_core.bundles.normalization import split_normalization
from ppclas_core.errors import UserError
from ppclas_core.export.legacy_ir import legacy_program
from ppclas_core.export.request import INPUT_NAME, ExportRequest, ExportResult
from ppclas_core.export.standalone import PADDLE_STANDALONE
from ppclas_core.runtimes.paddle_inference import PaddleRuntime

_STEM = "inference"
_INTERPOLATION = re.compile(r'"\d+\.(nearest|bilinear)_interp"')
"""Operators that Paddle 3.3 passes to oneDNN but cannot run in a PIR program."""
PADDLE_3 = "Paddle 3; the option legacy=true writes for Paddle 2 too"
"""Paddle versions that read `inference.json`, for `bundle.json`."""
PADDLE_2 = "Paddle 2 and 3; Paddle 1.8 does not know its operators"
"""Paddle versions that read `inference.pdmodel`, for `bundle.json`."""
BF16_LIMIT = 0.2
"""Tolerance for logits in bfloat16, which has 8 bits of precision, in standard deviations over the classes."""


def export_inference(request: ExportRequest, *, legacy: bool = False, softmax: bool = False,
                     uint8: bool = False) -> ExportResult:
    """Write `inference.json` (Paddle 3) or `inference.pdmodel`, and `inference.pdiparams`; any batch size.

    Args:
        request: model and metadata to export.
        legacy: write a ProgramDesc (`.pdmodel`) also with Paddle 3, for Paddle 2, Paddle-Lite, OpenVINO and Serving;
            Paddle 2 always writes it, and Paddle 3 for networks with interpolation.
        softmax: the output is probabilities instead of logits.
        uint8: the input is uint8 pixels (N, H, W, C), 0..255; the graph normalizes them.

    Raises:
        UserError: `uint8` with preprocessing that does not end with NormalizeImage and ToCHWImage.
    """
    import paddle

    parts = split_normalization(request.meta.preprocessing) if uint8 else None
    if uint8 and (parts is None or request.pixels is None):
        raise UserError("uint8: the preprocessing of this checkpoint does not end with NormalizeImage and ToCHWImage "
                        "on uint8 pixels, so it cannot move into the graph", do="export without 'uint8'")
    from ppclas_core.export.deployed_layer import Deployed

    channels, height, width = request.input_shape
    layer = Deployed(request.model, softmax=softmax, normalization=parts)
    layer.eval()
    shape, dtype = ([None, height, width, channels], "uint8") if uint8 else ([None, channels, height, width], "float32")
    spec = paddle.static.InputSpec(shape, dtype, INPUT_NAME)
    paddle_3_file = request.out / f"{_STEM}.json"
    with legacy_program() if legacy else contextlib.nullcontext():
        paddle.jit.save(layer, str(paddle_3_file.with_suffix("")), input_spec=[spec])
    if paddle_3_file.is_file() and _INTERPOLATION.search(paddle_3_file.read_text(encoding="utf-8")):
        paddle_3_file.unlink()
        with legacy_program():
            paddle.jit.save(layer, str(paddle_3_file.with_suffix("")), input_spec=[spec])
    return ExportResult(takes_pixels=uint8, probabilities=softmax,
                        facts={"runs_with": PADDLE_3 if paddle_3_file.is_file() else PADDLE_2})


def export_standalone(request: ExportRequest, *, legacy: bool = False, softmax: bool = False,
                      uint8: bool = False) -> ExportResult:
    """Write the files of `export_inference`; the bundle also gets `predict_standalone.py`."""
    return dataclasses.replace(export_inference(request, legacy=legacy, softmax=softmax, uint8=uint8),
                               standalone=PADDLE_STANDALONE)


def load(folder: Path, *, threads: Optional[int] = None, device: str = "cpu") -> PaddleRuntime:
    """Load the Paddle Inference runtime of a bundle.

    Args:
        folder: folder of the bundle.
        threads: CPU threads; None: all cores.
        device: `cpu`, `gpu` or `gpu:N`.

    Raises:
        UserError: see `PaddleRuntime`.
    """
    return _runtime(folder, threads, device, "fp32")


def export_bf16(request: ExportRequest, *, legacy: bool = False, softmax: bool = False,
                uint8: bool = False) -> ExportResult:
    """Write the files of `export_inference`; the export then verifies them in bfloat16 with tolerance `BF16_LIMIT`."""
    return dataclasses.replace(export_inference(request, legacy=legacy, softmax=softmax, uint8=uint8), limit=BF16_LIMIT)


def load_bf16(folder: Path, *, threads: Optional[int] = None, device: str = "cpu") -> PaddleRuntime:
    """Load the bfloat16 runtime of an `inference` bundle, which is faster on CPUs with bfloat16 instructions.

    Args:
        folder: folder of the bundle.
        threads: CPU threads; None: all cores.
        device: `cpu`, the only device of this precision in Paddle.

    Raises:
        UserError: see `PaddleRuntime`.
    """
    return _runtime(folder, threads, device, "bf16")


def _runtime(folder: Path, threads: Optional[int], device: str, precision: Literal["fp32", "bf16"]) -> PaddleRuntime:
    model, params = model_files(folder)
    return PaddleRuntime(model, params, threads=threads, device=device, precision=precision,
                        log_of_output=read_bundle(folder).gives_probabilities)


def model_files(folder: Path) -> Tuple[Path, Path]:
    """Return the paths of model and parameters in a bundle; `inference.json` takes precedence over `.pdmodel`."""
    forms = [folder / f"{_STEM}.json", folder / f"{_STEM}.pdmodel"]
    return next((file for file in forms if file.is_file()), forms[0]), folder / f"{_STEM}.pdiparams"
