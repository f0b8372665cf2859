# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`meta.yaml`: what travels with every checkpoint, so that inference never guesses: labels, preprocessing, config."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional

import yaml

from ppclas_core.errors import UserError

META_FILE = "meta.yaml"


@dataclass(frozen=True)
class Meta:
    """What a checkpoint or bundle says of itself.

    Args:
        architecture: name of the backbone; params: its `ARCHITECTURE.params`; num_classes: width of the head.
        image_shape: network input [channels, height, width].
        labels: class names in the order of the logits; empty when unknown.
        preprocessing: evaluation transforms as a config writes them: a list of one-key mappings.
        config: the resolved config of the run.
        plugins: distribution -> version at the time of training.
        metrics: e.g. {"top1": 0.97, "epoch": 11}.
        terms: number and digest of the images, and how they were divided into steps; see `engine.terms`.
        task: `multiclass`: an image shows one class, its scores are a softmax; `multilabel`: any number of classes, a
            sigmoid each. threshold: sigmoid score from which a class counts as found; None for `multiclass`.
        version: of ppclas-core.
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


def write_meta(folder: Path, meta: Meta) -> None:
    """Write `meta.yaml` into a folder, atomically."""
    text = yaml.safe_dump(dataclasses.asdict(meta), allow_unicode=True, sort_keys=False)
    partial = folder / f".{META_FILE}.{os.getpid()}"
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, folder / META_FILE)


def read_meta(folder: Path) -> Optional[Meta]:
    """The `meta.yaml` of a folder, or None where there is none.

    Raises:
        UserError: the file is not one of ours.
    """
    path = folder / META_FILE
    if not path.is_file():
        return None
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        known = {item.name for item in dataclasses.fields(Meta)}
        return Meta(**{key: value for key, value in data.items() if key in known})
    except (yaml.YAMLError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise UserError(f"unreadable meta.yaml: {error}", where=str(path)) from error
