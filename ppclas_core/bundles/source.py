# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Resolution of the argument SRC of commands: a run, a checkpoint, published weights, or weights with a model name.

A path or name comes in, a `Checkpoint` (file and metadata) goes out; `models.checkpoint.load_model` builds its model.

Weights from `ppclas run` have a `meta.yaml` beside them with architecture, labels and preprocessing. For published
weights these facts come from their record, for other weights from the record of the model that the caller names.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Callable, Dict, List, NoReturn, Optional, Sequence, Tuple, Union

from ppclas_core.api import Backbone, Weights
from ppclas_core.bundles.bundle import Bundle, is_bundle, read_bundle
from ppclas_core.bundles.model_files import refuse_foreign_model
from ppclas_core.data.datasets.imagenet1k import class_names
from ppclas_core.data.label_list import read_class_names
from ppclas_core.errors import UserError
from ppclas_core.models.checkpoint import Checkpoint
from ppclas_core.models.preprocessing import model_preprocessing
from ppclas_core.models.pretrained import PretrainedSource, Source
from ppclas_core.plugins.models import find_model
from ppclas_core.runs.locate import checkpoint_folder
from ppclas_core.runs.meta import META_FILE, Meta, read_meta
from ppclas_core.runs.run_config import config_at_training
from ppclas_core.system.paths import expand_path
from ppclas_core.weights.width import classifier_width

CheckpointSource = Union[Source, Checkpoint]
"""Weights as a user names them, see `PretrainedSource`; or a checkpoint that is already resolved."""
Labels = Union[str, Path, Sequence[str]]


def find_checkpoint(source: CheckpointSource, *, model: Optional[str] = None, labels: Optional[Labels] = None,
                    num_classes: Optional[int] = None, size: Optional[int] = None,
                    default_meta: Optional[Callable[[], Meta]] = None) -> Checkpoint:
    """Return the checkpoint of a source with its metadata.

    A local file, folder or prefix takes precedence over published weights of the same name, which are downloaded into
    the cache. The other arguments must agree with `meta.yaml`.

    Args:
        source: a path for `resolve_checkpoint` (for a run folder its best checkpoint, else its last), the name of
            published weights, a URL, or a `Checkpoint`.
        model: architecture, or published weights whose preprocessing applies; for weights without `meta.yaml`.
        labels: class names in the order of the logits, or a file of them; default for weights without `meta.yaml`:
            those of the published weights of the architecture, if the number of classes is equal.
        num_classes: number of classes; default: read from the weights.
        size: side of the square input in pixels; default: that of the record. `resize_short` is scaled with it.
        default_meta: returns the `Meta` of weights without `meta.yaml`, in place of a record.

    Raises:
        UserError: no such weights, unknown architecture, a failed download, or a contradiction with `meta.yaml`.
    """
    names = None if labels is None else _class_names(labels)
    if isinstance(source, Checkpoint):
        return source._replace(meta=_check_arguments(source.file, source.meta, model, names, num_classes, size))
    if is_bundle(Path(expand_path(str(source)))):
        raise UserError("this is a bundle, which has no weights to train or export", where=str(source),
                        do="give the run folder or the weights that it was exported from")
    refuse_foreign_model(Path(expand_path(str(source))))
    weights_source = PretrainedSource(source)
    name = weights_source.published
    file = _resolve(weights_source) if name else weights_source.resolve()[0]
    known = read_meta(checkpoint_folder(file))
    if known is not None:
        known = dataclasses.replace(known, config=config_at_training(known, checkpoint_folder(file)))
        return Checkpoint(file, _check_arguments(file, known, model, names, num_classes, size), name)
    if default_meta is not None:
        return Checkpoint(file, default_meta(), name)
    if not (model or name):
        _refuse_unknown(file)
    record, weights = _record(model or name)
    if name and model:
        _refuse_difference(file, "architecture", _record(name)[0].name, record.name)
    return Checkpoint(file, _meta_of_record(file, record, weights, names, num_classes, size), name)


def bundle_folder(path: Union[str, Path]) -> Optional[Path]:
    """Return the bundle of a path: its folder, or a file in it such as `bundle/model.onnx`; None if there is none."""
    given = Path(expand_path(str(path)))
    if is_bundle(given):
        return given
    return given.parent if given.is_file() and is_bundle(given.parent) else None


def find_bundle_or_checkpoint(source: Union[CheckpointSource, Bundle], *, model: Optional[str] = None,
                               labels: Optional[Labels] = None, default_meta: Optional[Callable[[], Meta]] = None
                               ) -> Union[Bundle, Checkpoint]:
    """Return the bundle of a folder or of a file in it, else the checkpoint of the source; see `find_checkpoint`.

    A file in a bundle is read as weights if a model is given.

    Raises:
        UserError: see `find_checkpoint` and `read_bundle`; also if a model or labels are given for a bundle.
    """
    if isinstance(source, Bundle):
        return source
    folder = None if isinstance(source, Checkpoint) else bundle_folder(str(source))
    if folder is not None and (model is None or is_bundle(Path(expand_path(str(source))))):
        if model is not None or labels is not None:
            raise UserError("a bundle has its own architecture and class names", where=str(source),
                            do="leave the model and the labels out; they are for weights without meta.yaml")
        return read_bundle(folder)
    return find_checkpoint(source, model=model, labels=labels, default_meta=default_meta)


def _class_names(labels: Labels) -> List[str]:
    return read_class_names(labels) if isinstance(labels, (str, Path)) else list(labels)


def _resolve(source: PretrainedSource) -> Path:
    try:
        return source.resolve()[0]
    except UserError as error:
        instead = f"or give a file or folder of weights: PATH --model {source.published}"
        error.do = f"{error.do}\n  {instead}" if error.do else instead
        raise


def _record(name: str) -> Tuple[Backbone, Optional[Weights]]:
    entry, weights = find_model(name)
    return entry.record, weights


def _refuse_unknown(file: Path) -> NoReturn:
    raise UserError(f"these weights have no {META_FILE} beside them, so their architecture, labels and "
                    "preprocessing are unknown", where=str(file),
                    do="name their model: --model NAME, and --labels FILE if they have their own classes; or give a "
                       "run folder")


def _meta_of_record(file: Path, record: Backbone, weights: Optional[Weights], labels: Optional[List[str]],
               num_classes: Optional[int], size: Optional[int]) -> Meta:
    """Return the `Meta` of weights without `meta.yaml`, from a record."""
    facts = dict(model_preprocessing(record, weights))
    own = facts["input_size"]
    facts.update(input_size=size or own, resize_short=round((size or own) * facts["resize_short"] / own))
    count = num_classes or classifier_width(file, record) or 1000
    if labels is not None and len(labels) != count:
        raise UserError(f"there are {len(labels)} class names; these weights have {count} classes", where=str(file),
                        do="give a file with one name per class, in the order of the class indices")
    if labels is None:
        published = weights or (record.weights[0] if record.weights else None)
        names = class_names(published.classes) if published else []
        labels = names if len(names) == count else []
    return Meta(architecture=record.name, num_classes=count, image_shape=[3, facts["input_size"], facts["input_size"]],
                preprocessing=evaluation_transforms(**facts), labels=labels)


def evaluation_transforms(
    input_size: int, resize_short: int, interpolation: str, mean: List[float], std: List[float]
) -> List[Dict[str, Any]]:
    """Return the standard evaluation transforms: decode, resize the short side, center crop, normalize."""
    return [
        {"DecodeImage": {"to_rgb": True}},
        {"ResizeImage": {"resize_short": resize_short, "interpolation": interpolation}},
        {"CropImage": {"size": input_size}},
        {"NormalizeImage": {"mean": list(mean), "std": list(std), "order": ""}},
        {"ToCHWImage": {}},
    ]


def _check_arguments(file: Path, known: Meta, model: Optional[str], labels: Optional[List[str]],
               num_classes: Optional[int], size: Optional[int]) -> Meta:
    """Return the `Meta` of a checkpoint after comparison with the arguments; `labels` are added if it has none."""
    if model is not None:
        _refuse_difference(file, "architecture", known.architecture, _record(model)[0].name)
    _refuse_difference(file, "number of classes", known.num_classes, num_classes)
    _refuse_difference(file, "input size", known.image_shape[1], size)
    if labels is None or labels == known.labels:
        return known
    _refuse_difference(file, "number of classes", known.num_classes, len(labels))
    if known.labels:
        differs = next(index for index, (one, other) in enumerate(zip(known.labels, labels)) if one != other)
        raise UserError(f"this checkpoint has its own class names; its class {differs} is "
                        f"'{known.labels[differs]}', not '{labels[differs]}'", where=str(file), do="leave --labels out")
    return dataclasses.replace(known, labels=labels)


def _refuse_difference(file: Path, what: str, known: object, given: object) -> None:
    if given is not None and known != given:
        raise UserError(f"the {what} of this checkpoint is {known}, not {given}", where=str(file),
                        do="leave the argument out, or give other weights")
