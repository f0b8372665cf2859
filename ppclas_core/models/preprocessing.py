# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Evaluation preprocessing of weights, from their record or their checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Union

from ppclas_core.api import Backbone, Weights
from ppclas_core.errors import UserError
from ppclas_core.models.pretrained import PretrainedSource
from ppclas_core.plugins.models import find_model
from ppclas_core.runs.locate import checkpoint_folder, resolve_checkpoint
from ppclas_core.runs.meta import read_meta

INTERPOLATIONS = {-1: "bilinear", 1: "bilinear", "bilinear": "bilinear", 2: "bicubic", "bicubic": "bicubic"}
"""Value of `ResizeImage.interpolation` -> name in a record."""


def model_preprocessing(record: Backbone, weights: Optional[Weights] = None) -> Mapping[str, Any]:
    """Return the preprocessing of an architecture or of published weights: sizes in pixels, interpolation, ..."""
    size = (weights.input_size if weights else None) or record.input_size
    short = (weights.resize_short if weights else None) or record.resize_short
    return {"input_size": size, "resize_short": short, "interpolation": record.interpolation,
            "mean": list(record.mean), "std": list(record.std)}


def source_preprocessing(name: str, weights: str = "") -> Mapping[str, Any]:
    """Return the preprocessing of a model by what it was built from.

    Args:
        name: an architecture or published weights.
        weights: path of other weights, whose `meta.yaml` decides; "": none. Published names and URLs are not opened.
    """
    entry, published = find_model(name)
    known = model_preprocessing(entry.record, published)
    if weights and not PretrainedSource(weights).is_downloaded:
        return checkpoint_preprocessing(weights, known)
    return known


def checkpoint_preprocessing(path: Union[str, Path], default: Mapping[str, Any]) -> Dict[str, Any]:
    """Return `default`, updated from the `meta.yaml` beside the weights.

    Args:
        path: a checkpoint in any format; without `meta.yaml` or with a non-square input, `default` is unchanged.
        default: `input_size`, `resize_short`, `interpolation`, `mean` and `std`, see `model_preprocessing`.
    """
    found = dict(default)
    file = resolve_checkpoint(path)
    meta = read_meta(checkpoint_folder(file))
    if meta is None:
        return found
    try:
        _, height, width = meta.image_shape
        steps = {name: params or {} for step in meta.preprocessing for name, params in step.items()}
    except (TypeError, ValueError, AttributeError) as error:
        raise UserError(f"unreadable meta.yaml: {error}", where=str(file.parent)) from error
    if height != width:
        return found
    found["resize_short"] = round(height * default["resize_short"] / default["input_size"])
    found["input_size"] = height
    resize = steps.get("ResizeImage", {})
    if isinstance(resize.get("resize_short"), int):
        found["resize_short"] = resize["resize_short"]
    elif resize.get("size") is not None:
        found["resize_short"] = height
    if "ResizeImage" in steps:
        found["interpolation"] = INTERPOLATIONS.get(resize.get("interpolation", 1), default["interpolation"])
    found.update({name: list(steps["NormalizeImage"][name]) for name in ("mean", "std")
                  if steps.get("NormalizeImage", {}).get(name)})
    return found
