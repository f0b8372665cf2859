# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""File `meta.yaml` of a checkpoint: class names, preprocessing and config, which inference needs."""

from __future__ import annotations

import dataclasses
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional

import yaml

from ppclas_core.errors import UserError
from ppclas_core.system.atomic import write_atomic
from ppclas_core.system.typed_json import mismatch

META_FILE = "meta.yaml"

_SEPARATE_ARGUMENTS = ("num_classes", "in_channels", "pretrained")


@dataclass(frozen=True)
class Meta:
    """Description of the model of a checkpoint or bundle.

    Args:
        architecture: name of the backbone.
        params: `ARCHITECTURE.params` of the config.
        num_classes: number of classes; 0 for a model without classifier, which returns features.
        image_shape: input of the network, [channels, height, width].
        labels: class names in the order of the logits; empty if unknown.
        preprocessing: evaluation transforms as in a config, a list of mappings with one key.
        config: resolved config of the run.
        plugins: distribution -> version, at the time of training.
        metrics: name -> value, with the position, e.g. {"best_top1": 0.97, "epoch": 11}.
        terms: number and digest of the images, and their division into steps; see `runs.terms`.
        task: value of the config key `task`.
        threshold: sigmoid score from which a class counts as found; None for `multiclass`.
        version: version of ppclas-core.
        working_directory: working directory of the training, to which relative paths of `config` are relative; "" if
            unknown.
    """

    architecture: str
    num_classes: int
    image_shape: List[int]
    preprocessing: List[Dict[str, Any]]
    params: Dict[str, Any] = field(default_factory=dict)
    labels: List[str] = field(default_factory=list)
    config: Dict[str, Any] = field(default_factory=dict)
    plugins: Dict[str, str] = field(default_factory=dict)
    metrics: Dict[str, float] = field(default_factory=dict)
    version: str = ""
    task: str = "multiclass"
    threshold: Optional[float] = None
    terms: Dict[str, Any] = field(default_factory=dict)
    working_directory: str = ""

    @property
    def model_params(self) -> Dict[str, Any]:
        """Parameters of the architecture without those that `create_model` takes as separate arguments."""
        return {key: value for key, value in self.params.items() if key not in _SEPARATE_ARGUMENTS}


def write_meta(folder: Path, meta: Meta) -> None:
    """Write `meta.yaml` into a folder, atomically."""
    text = yaml.safe_dump(dataclasses.asdict(meta), allow_unicode=True, sort_keys=False)
    write_atomic(folder / META_FILE, text)


def read_meta(folder: Path) -> Optional[Meta]:
    """Read the `meta.yaml` of a folder; None if there is none.

    Raises:
        UserError: the file is not a `meta.yaml` of ppclas.
    """
    path = folder / META_FILE
    if not path.is_file():
        return None
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        known = {item.name for item in dataclasses.fields(Meta)}
        meta = Meta(**{key: value for key, value in data.items() if key in known})
    except (yaml.YAMLError, TypeError, AttributeError, ValueError) as error:
        raise UserError(f"unreadable meta.yaml: {error}", where=str(path)) from error
    problem = _problem(meta)
    if problem:
        raise UserError(problem, where=str(path), do="restore the file that the training wrote")
    return meta


def require_classifier(meta: Meta, where: str) -> None:
    """Refuse a model without classifier.

    Raises:
        UserError: the model returns features.
    """
    if meta.num_classes == 0:
        raise UserError("this model has no classifier (num_classes is 0): it returns features", where=where,
                        do="load it by create_model(NAME, num_classes=0, pretrained=PATH), or train a classifier on it")


def _problem(meta: Meta) -> str:
    """Return the first error of the values, or ""."""
    hints = {**typing.get_type_hints(Meta), "metrics": dict}  # values may be None
    for name, hint in hints.items():
        problem = mismatch(getattr(meta, name), hint, name)
        if problem:
            return problem
    if meta.num_classes < 0:
        return f"num_classes is {meta.num_classes}; it must not be negative"
    if len(meta.image_shape) != 3 or min(meta.image_shape) < 1:
        return f"image_shape is {meta.image_shape}; it must be [channels, height, width]"
    if meta.labels and len(meta.labels) != meta.num_classes:
        return f"there are {len(meta.labels)} labels for {meta.num_classes} classes"
    odd = [step for step in meta.preprocessing if len(step) != 1]
    return f"preprocessing has the step {odd[0]}; a step is one op with its parameters" if odd else ""
