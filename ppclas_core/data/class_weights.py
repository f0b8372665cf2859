# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Class weights of the loss: balanced, or listed in the config."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional

import numpy as np

from ppclas_core.config.config import Config
from ppclas_core.data.class_match import repeated
from ppclas_core.data.from_config import class_names
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError, did_you_mean
from ppclas_core.plugins.signature import coerce


def loss_weights(config: Config, source: Source) -> Optional[List[float]]:
    """Return the weight of each class in the loss, from the key `class_weights`; None if it is not set.

    Raises:
        UserError: the list does not have `classes_num` values, a name is not a class, or a weight is invalid.
    """
    given = config.class_weights
    classes = config.num_classes
    if given == "balanced" and source.multilabel:
        return positive_weights(source.images_per_class(classes), len(source))
    if given == "balanced":
        return balanced_weights(source.labels, classes)
    if isinstance(given, dict):
        return _weights_by_name(config, given, class_names(classes, source))
    if given is not None and len(given) != classes:
        raise UserError(f"class_weights has {len(given)} values, but there are {classes} classes",
                        where=config.location("class_weights"))
    return None if given is None else list(given)


def _weights_by_name(config: Config, given: Mapping[Any, Any], names: List[str]) -> List[float]:
    """Return the weight of each class of `names`; classes that the config does not name have weight 1."""
    weights = dict.fromkeys(names, 1.0)
    duplicates = repeated(names)
    for name, value in given.items():
        where = config.location(f"class_weights.{name}")
        if str(name) in duplicates:
            raise UserError(f"class_weights: '{name}' is the name of {len(duplicates[str(name)])} classes, "
                            f"{', '.join(map(str, duplicates[str(name)]))}", where=where,
                            do="give each class of the label list a name of its own")
        if str(name) not in weights:
            raise UserError(f"class_weights: there is no class '{name}'.{did_you_mean(str(name), names)}", where=where,
                            do=f"the classes: {', '.join(names[:20])}{' ...' if len(names) > 20 else ''}")
        weight = coerce(value, float, what=f"class_weights.{name}")
        if weight < 0:
            raise UserError(f"class_weights.{name} is {weight:g}; it must be at least 0", where=where)
        weights[str(name)] = weight
    return [weights[name] for name in names]


def balanced_weights(labels: np.ndarray, classes: int) -> List[float]:
    """Return weights inverse to the number of images of each class, with mean 1 over the images; 0 for absent classes.

    Args:
        labels: (N,) int64 in 0..classes - 1.
        classes: number of classes.
    """
    counts = np.bincount(labels, minlength=classes)
    present = counts > 0
    weights = np.zeros(classes)
    weights[present] = len(labels) / (present.sum() * counts[present])
    return [float(weight) for weight in weights]


def positive_weights(counts: np.ndarray, images: int) -> List[float]:
    """Return the ratio of negative to positive images of each class of multi-label data; 1 if one count is 0.

    Args:
        counts: (K,) int64, images per class.
        images: number of all images.
    """
    return [float((images - count) / count) if 0 < count < images else 1.0 for count in counts.tolist()]
