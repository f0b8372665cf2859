# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Opened bundle or checkpoint with its runtime, labels and preprocessing."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Literal, NamedTuple, Optional, Tuple, Union

from ppclas_core.bundles.bundle import Bundle, read_bundle
from ppclas_core.bundles.formats import find_format
from ppclas_core.bundles.model_files import refuse_foreign_model
from ppclas_core.bundles.own_model import OwnModel, Preprocessing, describe_model, model_layer
from ppclas_core.bundles.source import CheckpointSource, Labels, find_bundle_or_checkpoint
from ppclas_core.compat.legacy_program import exported_program, read_program
from ppclas_core.errors import UserError
from ppclas_core.export.write import export
from ppclas_core.models.checkpoint import Checkpoint
from ppclas_core.predict.runtime_selection import load_selected_runtime
from ppclas_core.runs.locate import run_of
from ppclas_core.runs.meta import require_classifier
from ppclas_core.runtimes.load import Runtime, load_runtime
from ppclas_core.runtimes.paddle_inference import DEFAULT_TUNING, Tuning
from ppclas_core.system.paths import expand_path
from ppclas_core.tasks import Multiclass, Task, task_of_model

if TYPE_CHECKING:
    from ppclas_core.bundles.own_model import Model


class Runnable(NamedTuple):
    """Runtime with its input, labels and task.

    Args:
        runtime: batch -> logits (N, num_classes) float32.
        labels: class names in the order of the logits; empty if unknown.
        num_classes: number of logits.
        input_shape: shape of one input, without the batch axis.
        dtype: dtype of the input, `float32` or `uint8`.
        preprocessing: transforms from encoded bytes to the input.
        task: task that defines the meaning of the logits.
    """

    runtime: Runtime
    labels: List[str]
    num_classes: int
    input_shape: Tuple[int, ...]
    dtype: str
    preprocessing: List[Dict[str, Any]]
    task: Task


def open_runnable(source: Union[CheckpointSource, Bundle, Model], runtime: str, device: Optional[str], *,
                  model: Optional[str] = None, labels: Optional[Labels] = None,
                  preprocessing: Optional[Preprocessing] = None) -> Runnable:
    """Open a bundle, an exported inference model, a checkpoint or a model object; see `Predictor` for the arguments.

    Raises:
        UserError: there is no such source, or the runtime or device cannot run it.
    """
    source = run_of(source)
    layer = model_layer(source)
    if layer is not None:
        if model is not None or device is not None:
            raise UserError("a model object has its own architecture, and runs where its parameters are",
                            do="leave the model and the device out")
        return _open_layer(describe_model(layer, labels, preprocessing), runtime)
    if isinstance(source, (str, Path)):
        refuse_foreign_model(Path(expand_path(str(source))))
    if preprocessing is not None:
        raise UserError("a checkpoint or bundle has its own preprocessing", where=str(source),
                        do="leave preprocessing out; it is for model objects")
    program = exported_program(source)
    if program is not None:
        if runtime not in ("auto", "paddle", "inference") or model is not None or labels is not None:
            raise UserError("this inference model runs with Paddle, and its preprocessing and class names are in its "
                            "folder", where=str(source), do="leave the runtime, the model and the labels out")
        return open_program(program, None, device or "cpu")
    found = find_bundle_or_checkpoint(source, model=model, labels=labels)
    if isinstance(found, Bundle):
        return open_bundle(found.path, runtime, device)
    if runtime not in ("auto", "dygraph"):
        name = _format_of(runtime)
        with tempfile.TemporaryDirectory(prefix="ppclas-") as folder:
            bundle = export(found, name, Path(folder) / "bundle", real_images=False)
            return _from_bundle(bundle, load_runtime(bundle, device=device))
    return open_checkpoint(found, device)


def _open_layer(own: OwnModel, runtime: str) -> Runnable:
    """Open a model object; a runtime other than `dygraph` runs a temporary bundle of it."""
    meta = own.meta
    require_classifier(meta, meta.architecture)
    if runtime not in ("auto", "dygraph"):
        name = _format_of(runtime)
        with tempfile.TemporaryDirectory(prefix="ppclas-") as folder:
            bundle = export(own.layer, name, Path(folder) / "bundle", labels=meta.labels or None,
                            preprocessing=meta.preprocessing)
            return _from_bundle(bundle, load_runtime(bundle))
    from ppclas_core.runtimes.dygraph import LayerRuntime

    return Runnable(LayerRuntime(own.layer), meta.labels, meta.num_classes, tuple(meta.image_shape), "float32",
                    meta.preprocessing, task_of_model(meta.task, meta.threshold))


def open_program(model_file: Union[str, Path], params_file: Union[str, Path, None], device: str = "cpu", *,
                 precision: Literal["fp32", "fp16"] = "fp32", tuning: Tuning = DEFAULT_TUNING) -> Runnable:
    """Open a legacy inference model; arguments and errors as for `ppclas_core.compat.legacy_program.read_program`."""
    program = read_program(model_file, params_file, device, precision=precision, tuning=tuning)
    return Runnable(program.runtime, program.labels, program.num_classes, program.input_shape, "float32",
                    program.preprocessing, Multiclass())


def open_checkpoint(checkpoint: Checkpoint, device: Optional[str] = None) -> Runnable:
    """Open a checkpoint with the runtime `dygraph`; `device` as in `Predictor`."""
    from ppclas_core.runtimes.dygraph import DygraphRuntime

    meta = checkpoint.meta
    require_classifier(meta, str(checkpoint.file))
    return Runnable(DygraphRuntime(checkpoint, device=device), meta.labels, meta.num_classes, tuple(meta.image_shape),
                    "float32", meta.preprocessing, task_of_model(meta.task, meta.threshold))


def _from_bundle(bundle: Bundle, runtime: Runtime) -> Runnable:
    return Runnable(runtime, bundle.labels, bundle.num_classes, bundle.input_shape,
                    "uint8" if bundle.takes_pixels else "float32", bundle.preprocessing,
                    task_of_model(bundle.task, bundle.threshold))


def open_bundle(path: Path, runtime: str = "auto", device: Optional[str] = None,
                threads: Optional[int] = None) -> Runnable:
    """Open a bundle with a runtime; `auto` and `device` as in `Predictor`.

    Raises:
        UserError: see `open_runnable`.
    """
    bundle = read_bundle(path)
    if runtime == "dygraph":
        raise UserError("dygraph runs checkpoints; this is a bundle", where=str(path),
                        do="leave --runtime out, or give the run folder")
    if runtime == "auto" and (device or "cpu") == "cpu":
        return _from_bundle(bundle, load_selected_runtime(bundle, threads=threads))
    if runtime != "auto":
        _format_of(runtime)
    own = None if runtime == "auto" else runtime
    return _from_bundle(bundle, load_runtime(bundle, own, device=device, threads=threads))


def _format_of(runtime: str) -> str:
    try:
        return str(find_format(runtime).record.name)
    except UserError as error:
        error.do = f"{error.do}\n  runtimes: auto, dygraph, and every format that 'ppclas export --list' shows"
        raise error.at(f"runtime '{runtime}'") from None
