# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of a Paddle inference model to ONNX in a child process: the converter aborts on unsupported operators."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Mapping, Optional

from ppclas_core.export import ExportFailed

TIMEOUT = 1800
"""Timeout in seconds; the largest published model takes about one minute."""


def convert(model_file: Path, params_file: Path, out: Path, *, opset: int = 13,
            metadata: Optional[Mapping[str, str]] = None) -> None:
    """Write the ONNX file `out`: the input keeps its name, the output is `logits`, the dynamic dimension is `batch`.

    Args:
        model_file: `.json` of Paddle 3 or `.pdmodel`.
        params_file: its parameters (`.pdiparams`).
        out: path of the ONNX file.
        opset: version of the operator set, at least 13 for weights that are quantized per channel.
        metadata: content of `metadata_props`.

    Raises:
        ExportFailed: the converter fails; the message has its output.
    """
    # the converter decodes paths by the locale; ASCII names relative to its working directory are always safe
    with tempfile.TemporaryDirectory(prefix="ppclas-onnx-", dir=out.parent) as scratch:
        model = Path(scratch) / f"model{model_file.suffix}"
        for source, copy in ((model_file, model), (params_file, model.with_suffix(".pdiparams"))):
            shutil.copyfile(source, copy)
        child = Path(__file__).with_name("child.py")
        (Path(scratch) / "metadata.json").write_text(json.dumps(dict(metadata or {})), encoding="utf-8")
        command = [sys.executable, str(child), model.name, "model.pdiparams", "model.onnx", str(opset), "metadata.json"]
        try:
            done = subprocess.run(command, cwd=scratch, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  errors="replace", timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            raise ExportFailed(f"paddle2onnx did not finish within {TIMEOUT} s") from None
        result = Path(scratch) / "model.onnx"
        if done.returncode or not result.is_file():
            raise ExportFailed(f"paddle2onnx cannot convert this model (exit code {done.returncode}): "
                               f"{_error_lines(done.stdout)}", do="try another opset, or the format 'inference'")
        shutil.move(str(result), str(out))


def _error_lines(output: str) -> str:
    """Return the lines of the converter's output that explain its failure."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() or "support" in line.lower()]
    return " | ".join((errors or lines)[-3:])[:600] or "no output"
