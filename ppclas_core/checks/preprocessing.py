# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Check that VALID preprocesses images as the evaluation of the given weights did.

A wrong interpolation or size lowers the accuracy without an error. The expected values are in the `meta.yaml` beside
the weights, for published weights in the record of the model.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence, Union

from ppclas_core.bundles.bundle import Bundle
from ppclas_core.config.config import Config
from ppclas_core.data.datasets.imagenet1k import class_names
from ppclas_core.data.transforms.crop import CropImage
from ppclas_core.data.transforms.interpolation import FLAGS, interpolation_flag
from ppclas_core.data.transforms.normalize import NormalizeImage
from ppclas_core.data.transforms.resize import ResizeImage
from ppclas_core.errors import UserError
from ppclas_core.models.preprocessing import model_preprocessing
from ppclas_core.models.pretrained import PretrainedSource, Source
from ppclas_core.plugins.models import find_model

_WORDS = {"resize_short": "the short side", "input_size": "the crop", "interpolation": "the interpolation",
          "mean": "the mean", "std": "the deviation"}


def preprocessing_notes(config: Config, weights: Union[Source, Bundle, None]) -> List[str]:
    """Return one line per difference between VALID and the preprocessing of weights; empty if that is unknown.

    Args:
        config: a config with VALID.
        weights: value of `pretrained_model` or `--weights`: a path, a published name, True; a list is not checked. Or
            a bundle.
    """
    wanted = _of_weights(config, weights)
    found = stated(config.require_valid().transforms)
    name = config.model_name
    return [f"{_WORDS[key]} in VALID.transforms is {_shown(found[key])}; these weights of {name} are meant for "
            f"{_shown(value)} and score lower otherwise" for key, value in wanted.items()
            if key in found and found[key] != value]


def stated(transforms: Sequence[Mapping[str, Any]]) -> Dict[str, Any]:
    """Return the sizes in pixels, interpolation and normalization that transforms define."""
    facts: Dict[str, Any] = {}
    for item in transforms:
        ((name, params),) = item.items()
        given = dict(params or {})
        if name == "ResizeImage":
            flag = interpolation_flag(name, given.get("interpolation", -1))
            facts["interpolation"] = next(word for word, value in FLAGS.items() if value == flag)
            if ResizeImage(**given).resize_short is not None:
                facts["resize_short"] = ResizeImage(**given).resize_short
        elif name == "CropImage":
            crop = CropImage(**given)
            facts["input_size"] = crop.width if crop.width == crop.height else [crop.width, crop.height]
        elif name == "NormalizeImage":
            op = NormalizeImage(**given)
            facts["mean"], facts["std"] = _rounded(op.mean), _rounded(op.std)
    return facts


def _of_weights(config: Config, weights: Union[Source, Bundle, None]) -> Dict[str, Any]:
    if isinstance(weights, Bundle):
        return stated(weights.preprocessing)
    if not weights or isinstance(weights, list):
        return {}
    source = PretrainedSource(weights, config.model_name)
    published = "" if weights is True else source.published
    if weights is not True and not source.is_downloaded:
        try:
            source.resolve()
        except UserError:  # `check_weights` reports it
            return {}
        meta = source.meta()
        if meta is not None:
            return stated(meta.preprocessing)
    entry, entry_weights = find_model(published or config.model_name)
    known = entry_weights or (entry.record.weights[0] if entry.record.weights else None)
    if known is None or config.classes_num != len(class_names(known.classes)):
        return {}  # custom classes: the preprocessing is unknown
    facts: Dict[str, Any] = dict(model_preprocessing(entry.record, entry_weights))
    return {**facts, "mean": _rounded(facts["mean"]), "std": _rounded(facts["std"])}


def _rounded(values: Sequence[float]) -> List[float]:
    return [round(float(value), 6) for value in values]


def _shown(value: object) -> str:
    return str(value) if isinstance(value, (str, list)) else f"{value} pixels"
