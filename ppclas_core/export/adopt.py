# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Weights that say nothing of themselves, as published ones do, made a checkpoint by naming their architecture."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional, Union

from ppclas_core.create import find_model, model_preprocessing
from ppclas_core.errors import UserError
from ppclas_core.export.checkpoint import Checkpoint
from ppclas_core.weights.meta import Meta, read_meta
from ppclas_core.weights.read import resolve_checkpoint


def adopt(
    name: str, weights: Union[str, Path], *, num_classes: Optional[int] = None, size: Optional[int] = None
) -> Checkpoint:
    """A checkpoint of weights with or without `meta.yaml`; what that file tells is taken, and may not be contradicted.

    Args:
        name: architecture, or published weights whose preprocessing is meant.
        weights: prefix, file or folder.
        num_classes: width of the classifier, 1000 unless known.
        size: square input in pixels; by default that of the architecture. The short side keeps its ratio to it.

    Raises:
        UserError: no such model or weights, or the checkpoint says otherwise.
    """
    entry, published = find_model(name)
    file = resolve_checkpoint(weights)
    known = read_meta(file if file.is_dir() else file.parent)
    if known is not None:
        _same(file, "architecture", known.architecture, entry.record.name)
        _same(file, "number of classes", known.num_classes, num_classes)
        _same(file, "input size", known.image_shape[1], size)
        return Checkpoint(file, known)
    facts = dict(model_preprocessing(entry.record, published))
    own = facts["input_size"]
    facts.update(input_size=size or own, resize_short=round((size or own) * facts["resize_short"] / own))
    return Checkpoint(file, Meta(architecture=entry.record.name, num_classes=num_classes or 1000,
                                 image_shape=[3, facts["input_size"], facts["input_size"]],
                                 preprocessing=evaluation_transforms(**facts)))


def evaluation_transforms(
    input_size: int, resize_short: int, interpolation: str, mean: List[float], std: List[float]
) -> List[Dict[str, Any]]:
    """Decode, short side, centre crop, normalise: what every published model is evaluated with."""
    return [
        {"DecodeImage": {"to_rgb": True}},
        {"ResizeImage": {"resize_short": resize_short, "interpolation": interpolation}},
        {"CropImage": {"size": input_size}},
        {"NormalizeImage": {"mean": list(mean), "std": list(std), "order": ""}},
        {"ToCHWImage": {}},
    ]


def _same(file: Path, what: str, known: Any, given: Any) -> None:
    if given is not None and known != given:
        raise UserError(f"the {what} of this checkpoint is {known}, not {given}", where=str(file),
                        do="leave it out, or give the weights that are meant")
