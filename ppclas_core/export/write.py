# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Export of a bundle: builds the model, runs the exporter, verifies the artifact, then renames the folder.

A source, a format and a folder come in, a verified `Bundle` goes out. The package docstring lists the steps.
"""

from __future__ import annotations

import copy
import logging
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, NamedTuple, Optional, Sequence, Tuple, Union, cast

import numpy as np

import ppclas_core
from ppclas_core.api import Backbone
from ppclas_core.bundles import bundle as files
from ppclas_core.bundles.atomic_bundle import new_bundle_folder
from ppclas_core.bundles.bundle import Bundle
from ppclas_core.bundles.errors import ExportFailed
from ppclas_core.bundles.formats import find_format
from ppclas_core.bundles.golden import GoldenInputs, golden_inputs
from ppclas_core.bundles.model_files import refuse_file_name
from ppclas_core.bundles.normalization import split_normalization
from ppclas_core.bundles.own_model import Preprocessing, describe_model, model_layer
from ppclas_core.bundles.parity import compare_logits
from ppclas_core.bundles.source import CheckpointSource, Labels, find_checkpoint
from ppclas_core.errors import UserError
from ppclas_core.export.request import ExportRequest, ExportResult
from ppclas_core.export.standalone import write_standalone
from ppclas_core.models.checkpoint import load_model, on_cpu
from ppclas_core.plugins.catalogue import Entry, catalogue
from ppclas_core.runs.locate import run_of
from ppclas_core.runs.meta import Meta, require_classifier
from ppclas_core.runtimes.load import load_runtime
from ppclas_core.system.paths import expand_path
from ppclas_core.tasks import TASKS

if TYPE_CHECKING:
    from paddle import nn

    from ppclas_core.bundles.own_model import Model

_log = logging.getLogger(__name__)


class _Subject(NamedTuple):
    """What is exported: metadata, name, size in bytes, and a function that returns the model on the CPU."""

    meta: Meta
    title: str
    size: int
    load: Callable[[], Tuple[nn.Layer, Optional[Entry]]]


def export(source: Union[CheckpointSource, Model], format: str, out: Union[str, Path], *, real_images: bool = True,
           model: Optional[str] = None, labels: Optional[Labels] = None,
           preprocessing: Optional[Preprocessing] = None, **options: object) -> Bundle:
    """Write and verify a bundle.

    Args:
        source: run folder (its best checkpoint), checkpoint folder or prefix, with `meta.yaml`; the name of published
            weights; a `Checkpoint`; or a model object: of `create_model`, any `paddle.nn.Layer`, or a `paddle.Model`,
            which is copied and stays as it is.
        format: an installed format: `inference`, `onnx`, ...
        out: folder of the bundle; a new one, an empty one, or an existing bundle, which is replaced. The name of a
            model file, such as `m.onnx`, is refused.
        real_images: use images of the run's validation list for the golden batch, which is stored in the bundle, if
            they are on this machine; False: use synthetic images.
        model: architecture of weights without `meta.yaml`, see `find_checkpoint`.
        labels: class names of such weights, or of a model object.
        preprocessing: preprocessing of a model object, as in `Predictor`.
        options: options of the format, checked by name.

    Raises:
        UserError: the source, format, an option or the folder is unusable.
        ExportFailed: the outputs of the artifact differ from those of the model; `out` is unchanged.
    """
    entry = find_format(format)
    out = Path(expand_path(str(out)))
    refuse_file_name(out)
    known = catalogue()
    bound = known.bind("exporter", format, options)  # report a misspelled option before the model is built
    subject = _subject(source, model, labels, preprocessing)
    meta = subject.meta
    require_classifier(meta, subject.title)
    with new_bundle_folder(out, required_bytes=3 * subject.size) as folder, on_cpu():
        network, backbone = subject.load()
        golden = golden_inputs(meta, real=real_images)
        logits = _logits(network, golden.example)
        record = Backbone(meta.architecture, "paddle.nn:Layer", "unknown") if backbone is None else backbone.record
        request = ExportRequest(network, record, meta, golden.example, folder, _shape(meta.image_shape), golden.pixels)
        artifact = known.create("exporter", format, bound, supplied={"request": request}) or ExportResult()
        if artifact.probabilities and TASKS[meta.task].activation != "softmax":
            raise UserError("softmax is for models with one class per image; this model is multi-label",
                            do="leave the option 'softmax' out; apply a sigmoid to the logits, as Predictor does")
        facts = _facts(subject, entry, backbone, artifact, bound, out.absolute().name, golden)
        _write(folder, meta, artifact, golden, logits, facts)
        _verify(folder, facts, artifact.limit)
    return files.read_bundle(out)


def _subject(source: Union[CheckpointSource, Model], model: Optional[str], labels: Optional[Labels],
             preprocessing: Optional[Preprocessing]) -> _Subject:
    source = run_of(source)
    layer = model_layer(source)
    if layer is None:
        if preprocessing is not None:
            raise UserError("a checkpoint has its own preprocessing", where=str(source),
                            do="leave preprocessing out; it is for model objects")
        checkpoint = find_checkpoint(cast(CheckpointSource, source), model=model, labels=labels)
        return _Subject(checkpoint.meta, checkpoint.title, checkpoint.size, lambda: load_model(checkpoint))
    if model is not None:
        raise UserError("a model object has its own architecture", do="leave the model out")
    own = describe_model(layer, labels, preprocessing)
    size = sum(value.size * value.element_size() for value in layer.state_dict().values())
    return _Subject(own.meta, own.meta.architecture, size, lambda: (_copy(own.layer), own.entry))


def _copy(layer: nn.Layer) -> nn.Layer:
    """Return a copy on the CPU in evaluation mode."""
    network = copy.deepcopy(layer)
    network.to(device="cpu")
    network.eval()
    return network


def _logits(model: nn.Layer, example: np.ndarray) -> np.ndarray:
    import paddle

    with paddle.no_grad():
        return np.asarray(model(paddle.to_tensor(example)).numpy())


def _facts(subject: _Subject, entry: Entry, backbone: Optional[Entry], artifact: ExportResult, options: Dict[str, Any],
           name: str, golden: GoldenInputs) -> Dict[str, Any]:
    import paddle

    meta = subject.meta
    channels, height, width = _shape(meta.image_shape)
    owners = {owner.dist: owner.version for owner in (backbone, entry) if owner is not None and owner.version}
    pixels = artifact.takes_pixels
    return {
        "bundle": 1,
        "name": name,
        "architecture": meta.architecture,
        "num_classes": meta.num_classes,
        "task": meta.task,
        **({} if meta.threshold is None else {"threshold": meta.threshold}),
        "format": entry.record.name,
        "options": options,
        "input": {"names": ["image"], "dtype": "uint8" if pixels else "float32",
                  "layout": "NHWC" if pixels else "NCHW",
                  "shape": [-1, height, width, channels] if pixels else [-1, channels, height, width]},
        "output": {"names": [], "kind": "probabilities" if artifact.probabilities else "logits",
                   "shape": [-1, meta.num_classes]},
        "source": subject.title,
        "metrics": meta.metrics,
        "versions": {"ppclas-core": ppclas_core.__version__, **owners, "python": platform.python_version(),
                     "paddle": paddle.__version__, "numpy": np.__version__, **artifact.tools},
        "details": dict(artifact.facts),
        "golden": {"count": len(golden.example), "origin": golden.origin},
    }


def _write(folder: Path, meta: Meta, artifact: ExportResult, golden: GoldenInputs, logits: np.ndarray,
           facts: Dict[str, Any]) -> None:
    transforms = meta.preprocessing
    inputs = golden.example
    inside = 0
    if artifact.takes_pixels:
        parts = split_normalization(transforms)
        assert parts is not None
        assert golden.pixels is not None
        inputs = golden.pixels
        inside = len(transforms) - len(parts.outside)
    files.write_labels(folder, meta.labels)
    facts["preprocess"] = files.write_preprocessing(folder, meta.image_shape, transforms, inside)
    if artifact.standalone is not None:
        missing = write_standalone(folder, artifact.standalone, facts["preprocess"]["transforms"])
        if missing:
            _log.info("%s", missing)
    np.savez_compressed(folder / files.GOLDEN_FILE, inputs=inputs, logits=logits)
    files.write_facts(folder, facts)  # the runtime needs it; parity and hashes are added later


def _verify(folder: Path, facts: Dict[str, Any], limit: float) -> None:
    """Compare the logits of the artifact with those of the model; add parity, tensor names and hashes to the facts."""
    bundle = files.read_bundle(folder)
    runtime = load_runtime(bundle)
    golden = bundle.golden()
    try:
        facts["parity"] = compare_logits(runtime, golden.inputs, golden.logits, limit=limit,
                                         log_probabilities=bundle.gives_probabilities)
    except ExportFailed as error:
        raise error.at(f"export to '{bundle.format}' failed") from None
    for side, key in (("input_names", "input"), ("output_names", "output")):
        facts[key]["names"] = list(getattr(runtime, side, facts[key]["names"]))
    facts["files"] = files.hash_files(folder)
    files.write_facts(folder, facts)


def _shape(image_shape: Sequence[int]) -> Tuple[int, int, int]:
    channels, height, width = (int(side) for side in image_shape)
    return channels, height, width
