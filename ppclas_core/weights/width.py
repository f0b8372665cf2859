# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Number of classes of a weights file, from the shape of its classifier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Mapping, Optional, Union

from ppclas_core.api import Backbone
from ppclas_core.plugins.catalogue import catalogue, resolve
from ppclas_core.plugins.ownership import owned_by
from ppclas_core.weights.formats.quantized import dequantize
from ppclas_core.weights.load import published_names
from ppclas_core.weights.match import classes, in_classifier, match_weights, namings
from ppclas_core.weights.read import read_weights

if TYPE_CHECKING:
    from paddle import nn


def classifier_width(path: Union[str, Path], record: Backbone) -> Optional[int]:
    """Return the number of classes of an architecture's weights; None if they have no matching classifier.

    Raises:
        UserError: see `read_weights`.
    """
    model = skeleton(record)
    shapes = {key: tuple(value.shape) for key, value in model.state_dict().items()}
    file = {name: array.shape for name, array in dequantize(read_weights(path).arrays).items()}
    pairing = match_weights(file, shapes, namings(shapes, published_names(record, model)), record.classifier)
    heads = [file[name] for key, name in pairing.found.items() if in_classifier(key, record.classifier)]
    return next((classes(shape) for shape in heads if len(shape) > 1), None)


def skeleton(record: Backbone, params: Optional[Mapping[str, object]] = None) -> nn.Layer:
    """Return the model of a record with shapes but without parameter values."""
    import paddle

    owner = catalogue().owner("backbone", record.name)
    target = resolve(record.target, owner=owner or f"model '{record.name}'")
    with paddle.LazyGuard(), owned_by(owner):
        model: nn.Layer = target(**{**record.preset, **(params or {})})
    return model
