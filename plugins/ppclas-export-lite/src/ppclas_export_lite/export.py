# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The format `lite`: a Paddle-Lite model for phones and boards."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import Any, Dict, Literal, Optional

from ppclas_core.bundles import read_bundle
from ppclas_core.errors import UserError
from ppclas_core.export import Artefact, ExportRequest, export_inference, model_files
from ppclas_export_lite.naive_buffer import opt_version
from ppclas_export_lite.optimise import optimise
from ppclas_export_lite.runtime import LiteRuntime

FILE = "model.nb"
TWIN = "model_x86.nb"
"""The same program and weights with x86 kernels, if `FILE` has kernels that this machine cannot run."""
Target = Literal["arm", "x86", "opencl"]


def export(request: ExportRequest, *, target: Target = "arm", fp16: bool = False, softmax: bool = False) -> Artefact:
    """Write `model.nb`: input `image`, float32 (N, C, H, W).

    For `arm` and `opencl`, whose kernels cannot run on this machine, `model_x86.nb` is made from the same program by
    the same opt. The export runs and verifies that file.

    Args:
        target: `arm`: CPUs of phones and boards; `opencl`: their GPUs, in half precision; `x86`: CPUs of PCs.
        fp16: use half-precision kernels of `arm`, for CPUs from ARMv8.2 on.
        softmax: output probabilities instead of logits.

    Raises:
        UserError: `fp16` for a target other than arm.
        ExportFailed: Paddle-Lite lacks an operator, or opt fails.
    """
    if fp16 and target != "arm":
        raise UserError(f"fp16 has no effect with target={target}: "
                        f"{'its kernels compute so anyway' if target == 'opencl' else 'x86 has no such kernels'}",
                        do="leave fp16 out")
    with tempfile.TemporaryDirectory(prefix="ppclas-", dir=request.out) as place:
        inner = dataclasses.replace(request, out=Path(place))
        artefact = export_inference(inner, legacy=True, softmax=softmax)
        model, params = model_files(inner.out)
        optimise(model, params, request.out / FILE, target=target, fp16=fp16)
        if target != "x86":
            optimise(model, params, request.out / TWIN, target="x86")
    version = opt_version(request.out / FILE)
    return dataclasses.replace(artefact, tools={"paddlelite": version}, facts=_facts(target, fp16, version))


def load(folder: Path, *, threads: Optional[int] = None, device: str = "cpu") -> LiteRuntime:
    """Load the x86 file of a bundle in Paddle-Lite.

    Args:
        threads: CPU threads; None: all cores.
        device: `cpu`.

    Raises:
        UserError: another device; see also `LiteRuntime`.
    """
    if device != "cpu":
        raise UserError(f"device is {device}; Paddle-Lite runs on the CPU here", do="--device cpu")
    bundle = read_bundle(folder)
    own = bundle.facts["options"].get("target", "arm") == "x86"
    return LiteRuntime(folder / (FILE if own else TWIN), threads=threads, log_of_output=bundle.gives_probabilities)


def _facts(target: Target, fp16: bool, version: str) -> Dict[str, Any]:
    facts: Dict[str, Any] = {"target": target, "runtime": version, "verified": FILE if target == "x86" else TWIN}
    if target != "x86":
        half = fp16 or target == "opencl"
        facts["proven"] = f"the program and its weights, by the x86 kernels of Paddle-Lite {version}"
        facts["not_proven"] = f"the {target} kernels{' and what half precision rounds' if half else ''}: run " \
                              f"{FILE} on the device with golden.npz"
    return facts
