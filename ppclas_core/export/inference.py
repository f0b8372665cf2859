# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The format `inference`: what Paddle Inference, and every tool that starts from a Paddle model, reads."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, ContextManager, Optional

from ppclas_core.errors import UserError
from ppclas_core.export.bundle import read_bundle
from ppclas_core.export.normalisation import split
from ppclas_core.export.paddle_engine import PaddleEngine
from ppclas_core.export.request import INPUT_NAME, Artefact, ExportRequest

_STEM = "inference"


def export(request: ExportRequest, *, legacy: bool = False, softmax: bool = False, uint8: bool = False) -> Artefact:
    """Write `inference.json` (Paddle 3) or `inference.pdmodel`, and `inference.pdiparams`; any batch size.

    Args:
        legacy: write a ProgramDesc (`.pdmodel`) with Paddle 3 as well, for Paddle 2, Paddle-Lite, OpenVINO and Serving;
            Paddle 2 always writes it.
        softmax: the output is probabilities, as in 2020, instead of logits.
        uint8: the input is uint8 pixels (N, H, W, C) of 0..255; the graph normalises.

    Raises:
        UserError: `uint8` with preprocessing that does not end in NormalizeImage and ToCHWImage.
    """
    import paddle

    parts = split(request.meta.preprocessing) if uint8 else None
    if uint8 and (parts is None or request.pixels is None):
        raise UserError("uint8: the preprocessing of this checkpoint does not end with NormalizeImage and ToCHWImage "
                        "on uint8 pixels, so it cannot move into the graph", do="export without 'uint8'")
    from ppclas_core.export.deployed import Deployed

    channels, height, width = request.input_shape
    layer = Deployed(request.model, softmax=softmax, normalisation=parts)
    layer.eval()
    shape, dtype = ([None, height, width, channels], "uint8") if uint8 else ([None, channels, height, width], "float32")
    spec = paddle.static.InputSpec(shape, dtype, INPUT_NAME)
    with _old_form(paddle) if legacy else contextlib.nullcontext():
        paddle.jit.save(layer, str(request.out / _STEM), input_spec=[spec])
    return Artefact(takes_pixels=uint8, probabilities=softmax)


def load(folder: Path, *, threads: Optional[int] = None, device: str = "cpu") -> PaddleEngine:
    """The engine of a bundle.

    Args:
        threads: CPU threads; None: all cores.
        device: `cpu`, `gpu` or `gpu:N`.

    Raises:
        UserError: see `PaddleEngine`.
    """
    bundle = read_bundle(folder)
    forms = [folder / f"{_STEM}.json", folder / f"{_STEM}.pdmodel"]
    model_file = next((file for file in forms if file.is_file()), forms[0])
    return PaddleEngine(model_file, folder / f"{_STEM}.pdiparams", threads=threads, device=device,
                        log_of_output=bundle.gives_probabilities)


def _old_form(paddle: Any) -> ContextManager[Any]:
    """Paddle 3 writes a ProgramDesc inside this; Paddle 2 knows no other form."""
    if hasattr(paddle.pir_utils, "OldIrGuard"):
        guard: ContextManager[Any] = paddle.pir_utils.OldIrGuard()
        return guard
    return contextlib.nullcontext()
