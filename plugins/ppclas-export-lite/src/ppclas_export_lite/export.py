# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The format `lite`: a Paddle-Lite model for phones and boards."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import Dict, Literal, Optional

from ppclas_core.bundles import read_bundle
from ppclas_core.errors import UserError
from ppclas_core.export import ExportRequest, ExportResult, export_inference, model_files
from ppclas_export_lite.naive_buffer import opt_version
from ppclas_export_lite.optimize import optimize
from ppclas_export_lite.runtime import LiteRuntime

FILE = "model.nb"
X86_FILE = "model_x86.nb"
"""The same program and weights with x86 kernels, if `FILE` has kernels that this machine cannot run."""
Target = Literal["arm", "x86", "opencl"]


def export(request: ExportRequest, *, target: Target = "arm", fp16: bool = False,
           softmax: bool = False) -> ExportResult:
    """Write `model.nb`: input `image`, float32 (N, C, H, W).

    For `arm` and `opencl`, whose kernels cannot run on this machine, `model_x86.nb` is made from the same program by
    the same opt. The export runs and verifies that file.

    Args:
        request: model and metadata to export.
        target: `arm`: CPUs of phones and boards; `opencl`: their GPUs, in half precision; `x86`: CPUs of PCs.
        fp16: use half-precision kernels of `arm`, for CPUs from ARMv8.2 on.
        softmax: output probabilities instead of logits.

    Raises:
        UserError: `fp16` for a target other than arm.
        ExportFailed: Paddle-Lite lacks an operator, or opt fails.
    """
    if fp16 and target != "arm":
        why = "OpenCL kernels always compute in half precision" if target == "opencl" else \
            "Paddle-Lite has no half-precision kernels for x86"
        raise UserError(f"fp16 has no effect with target={target}: {why}", do="remove fp16")
    with tempfile.TemporaryDirectory(prefix="ppclas-", dir=request.out) as scratch:
        inner = dataclasses.replace(request, out=Path(scratch))
        artefact = export_inference(inner, legacy=True, softmax=softmax)
        model, params = model_files(inner.out)
        optimize(model, params, request.out / FILE, target=target, fp16=fp16)
        if target != "x86":
            optimize(model, params, request.out / X86_FILE, target="x86")
    version = opt_version(request.out / FILE)
    return dataclasses.replace(artefact, tools={"paddlelite": version}, facts=_facts(target, fp16, version))


def load(folder: Path, *, threads: Optional[int] = None, device: str = "cpu") -> LiteRuntime:
    """Load the x86 file of a bundle in Paddle-Lite.

    Args:
        folder: folder of the bundle.
        threads: CPU threads; None: all cores.
        device: `cpu`.

    Raises:
        UserError: another device; see also `LiteRuntime`.
    """
    if device != "cpu":
        raise UserError(f"device is {device}; the runtime 'lite' supports the CPU only", do="--device cpu")
    bundle = read_bundle(folder)
    target = bundle.facts["options"].get("target", "arm")
    file = FILE if target == "x86" else X86_FILE
    return LiteRuntime(folder / file, threads=threads, log_of_output=bundle.gives_probabilities)


def _facts(target: Target, fp16: bool, version: str) -> Dict[str, object]:
    """Return the details for `bundle.json`: what the export has verified, and what only the device can show."""
    facts: Dict[str, object] = {"target": target, "runtime": version, "verified": FILE if target == "x86" else X86_FILE}
    if target != "x86":
        facts["proven"] = f"the program and its weights, by the x86 kernels of Paddle-Lite {version}"
        rounding = " and the rounding of half precision" if fp16 or target == "opencl" else ""
        facts["not_proven"] = f"the {target} kernels{rounding}: run {FILE} on the device with golden.npz"
    return facts
