# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""One model of a Triton model repository: `NAME/config.pbtxt`, `NAME/1/model.onnx` and labels."""

from __future__ import annotations

import dataclasses
import os
import re
import tempfile
from pathlib import Path
from typing import List, Sequence

from ppclas_core.bundles import LABELS_FILE, write_labels
from ppclas_core.errors import UserError
from ppclas_core.export import ExportRequest, ExportResult
from ppclas_export_onnx.export import FILE
from ppclas_export_onnx.export import export as export_onnx

CONFIG = "config.pbtxt"
VERSION = "1"


def write_repository(request: ExportRequest, parent: Path, name: str, *, max_batch: int, max_delay: float,
                     softmax: bool, uint8: bool) -> ExportResult:
    """Write the folder `name` of a model into `parent`.

    Args:
        request: model and metadata to export.
        parent: folder of the repository.
        name: name of the model: letters, digits, `_`, `-`, `.`.
        max_batch: largest batch that Triton forms, at least 1.
        max_delay: longest wait of a request for others, in ms.
        softmax: output probabilities instead of logits.
        uint8: the input is uint8 pixels (N, H, W, C).

    Raises:
        UserError: name or numbers are not valid in Triton; see also `ppclas_export_onnx.export`.
        ExportFailed: the conversion to ONNX fails.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
        raise UserError(f"name is {name!r}; the name of a Triton model consists of letters, digits, '_', '-' and '.'")
    if max_batch < 1 or not 0 <= max_delay < 1e6:
        raise UserError(f"max_batch is {max_batch} and max_delay is {max_delay} ms; they must be at least 1 and 0")
    folder = parent / name / VERSION
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="ppclas-", dir=request.out) as inner:
        artefact = export_onnx(dataclasses.replace(request, out=Path(inner)), softmax=softmax, uint8=uint8)
        os.replace(Path(inner) / FILE, folder / FILE)
    channels, height, width = request.input_shape
    shape = (height, width, channels) if uint8 else request.input_shape
    text = config(name, shape, request.meta.num_classes, pixels=uint8, labels=bool(request.meta.labels),
                  max_batch=max_batch, max_delay=max_delay)
    (parent / name / CONFIG).write_text(text, encoding="utf-8")
    if request.meta.labels:
        write_labels(parent / name, request.meta.labels)
    return artefact


def config(name: str, shape: Sequence[int], num_classes: int, *, pixels: bool, labels: bool, max_batch: int,
           max_delay: float) -> str:
    """Return the text of a `config.pbtxt` (message `inference.ModelConfig`)."""
    output = ['name: "logits"', "data_type: TYPE_FP32", f"dims: [ {num_classes} ]"]
    output += [f'label_filename: "{LABELS_FILE}"'] if labels else []
    feed = ['name: "image"', f"data_type: TYPE_{'UINT8' if pixels else 'FP32'}",
            f"format: FORMAT_{'NHWC' if pixels else 'NCHW'}", f"dims: [ {', '.join(map(str, shape))} ]"]
    return (f'name: "{name}"\nbackend: "onnxruntime"\ndefault_model_filename: "{FILE}"\nmax_batch_size: {max_batch}\n'
            + _block("input", feed) + _block("output", output)
            + _block("dynamic_batching", [f"max_queue_delay_microseconds: {round(1000 * max_delay)}"]))


def model_file(folder: Path) -> Path:
    """Return the ONNX model of a repository with one model.

    Raises:
        UserError: the repository does not have exactly one model with its config.
    """
    found = sorted(folder.glob(f"*/{VERSION}/{FILE}"))
    if len(found) != 1 or not (found[0].parents[1] / CONFIG).is_file():
        raise UserError("the repository has no model with a config.pbtxt", where=str(folder),
                        do="copy the whole bundle")
    return found[0]


def _block(name: str, lines: List[str]) -> str:
    return f"{name} {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"
