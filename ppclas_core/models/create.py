# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Construction of components and models by name: the public functions `create` and `create_model`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Optional, Sequence, cast

from ppclas_core import api
from ppclas_core.errors import UserError
from ppclas_core.models.model_path import CheckpointCall, refuse_path
from ppclas_core.models.pretrained import PretrainedSource, Source
from ppclas_core.plugins.catalogue import SUPPLIED_PARAMETERS, catalogue
from ppclas_core.plugins.models import find_model

if TYPE_CHECKING:
    from paddle import nn


PUBLISHED_CLASSES = 1000
"""Number of classes of published weights; their whole head fits, also if it is removed afterwards."""


def create(kind: str, name: str, **params: object) -> Any:  # noqa: ANN401  # Any: the kind decides the class
    """Build a component.

    Args:
        kind: `backbone`, `op`, `loss`, `lr_schedule`, `optimizer` or `exporter`.
        name: a name in the catalogue, or `distribution:name`.
        params: parameters of the component, checked by name and coerced to the declared types.

    Raises:
        UserError: a kind, name or parameter is unknown, or a value is invalid.
    """
    if kind == "backbone":
        return create_model(name, **cast(Dict[str, Any], params))
    names = SUPPLIED_PARAMETERS[kind] if kind in ("lr_schedule", "optimizer") else ()
    supplied = {key: params.pop(key) for key in names if key in params}
    return catalogue().create(kind, name, params, supplied=supplied)


def create_model(
    name: str,
    num_classes: int = 1000,
    pretrained: Optional[Source] = None,
    in_channels: int = 3,
    lr_mult_list: Optional[Sequence[float]] = None,
    features_only: bool = False,
    out_indices: Optional[Sequence[int]] = None,
    **params: object,
) -> nn.Layer:
    """Build a model in training mode with outputs (N, num_classes) float32.

    Args:
        name: an architecture or published weights; a run or checkpoint folder is refused with the call that takes it.
        num_classes: number of logits; 0: no classifier, the model returns features (N, model.num_features).
        pretrained: source of a `PretrainedSource`; True: the published weights of `name`.
        in_channels: number of input channels; pretrained kernels of the stem are adapted, see `weights.stem`.
        lr_mult_list: learning-rate multipliers, one per stage in the record's `lr_stages`; 0 freezes a stage.
        features_only: return feature maps instead of logits; the model has `channels` and `strides`.
        out_indices: indices of the feature maps; default: all.
        params: further parameters of the architecture, checked by name.

    Raises:
        UserError: a name or parameter is unknown, the weights do not fit, or a list has the wrong length.
    """
    refuse_path(name, "create_model takes the name of a model", _call)
    entry, weights = find_model(name)
    record: api.Backbone = entry.record
    common = {"num_classes": num_classes or PUBLISHED_CLASSES, "in_channels": in_channels}
    model = catalogue().create("backbone", f"{entry.dist}:{record.name}", {**params, **common})
    from ppclas_core.nn.backbone import FeatureExtractor, ModelSource  # after `create`, which reports a missing Paddle

    if lr_mult_list is not None:
        set_lr_multipliers(model, record, lr_mult_list)
    if pretrained:
        PretrainedSource(pretrained, name).load(model, record, weights=weights)
    if num_classes == 0:
        model.reset_classifier(0)
    model.source = ModelSource(name, str(pretrained) if isinstance(pretrained, (str, Path)) else "", dict(params))
    if features_only or out_indices is not None:
        try:
            indices = range(len(model.feature_info)) if out_indices is None else out_indices
            model = FeatureExtractor(model, tuple(indices))
        except ValueError as error:
            raise UserError(str(error)) from error
    model.train()
    return model


def _call(checkpoint: CheckpointCall) -> str:
    """Return the call of `create_model` that builds the model of a checkpoint."""
    classes = "N" if checkpoint.num_classes is None else checkpoint.num_classes
    channels = [] if checkpoint.in_channels == 3 else [f"in_channels={checkpoint.in_channels}"]
    values = [f"num_classes={classes}", *channels,
              *(f"{key}={value!r}" for key, value in checkpoint.params.items()), f"pretrained={checkpoint.path!r}"]
    return f"ppc.create_model('{checkpoint.name}', {', '.join(values)})"


def set_lr_multipliers(model: nn.Layer, record: api.Backbone, lr_mult_list: Sequence[float]) -> None:
    """Set the learning-rate multiplier of each parameter to that of its stage; parameters of no stage keep 1.

    Raises:
        UserError: the number of entries is not the number of stages, or an entry is negative.
    """
    stages = record.lr_stages
    if len(lr_mult_list) != len(stages):
        raise UserError(f"lr_mult_list has {len(lr_mult_list)} entries; {record.name} has {len(stages)} stages")
    if any(mult < 0 for mult in lr_mult_list):
        raise UserError(f"lr_mult_list {list(lr_mult_list)} has a negative multiplier")
    for key, parameter in model.named_parameters():
        for patterns, multiplier in zip(stages, lr_mult_list):
            if any(re.fullmatch(pattern, key) for pattern in patterns):
                parameter.optimize_attr["learning_rate"] = float(multiplier)
                break
