# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Description of a model object of the user: what its class names, preprocessing, input and number of logits are.

The model comes from `create_model`, or is any `paddle.nn.Layer`. `save_checkpoint`, `export` and `Predictor` use the
description in place of the `meta.yaml` of a checkpoint.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Any,
    Dict,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Protocol,
    Sequence,
    Union,
    cast,
)

import numpy as np

import ppclas_core
from ppclas_core.bundles.golden import COUNT, run_pipeline, synthetic_image
from ppclas_core.bundles.source import Labels, evaluation_transforms
from ppclas_core.data.label_list import read_class_names
from ppclas_core.errors import UserError
from ppclas_core.models.preprocessing import source_preprocessing
from ppclas_core.plugins.catalogue import Entry, catalogue
from ppclas_core.plugins.models import find_model
from ppclas_core.runs.meta import Meta

if TYPE_CHECKING:
    import paddle
    from paddle import nn

    from ppclas_core.nn.backbone import ModelSource

    Model = Union[nn.Layer, paddle.Model]
    """A network, or the wrapper with `fit` around it."""


class HasSteps(Protocol):
    """What is used of the result of `ppclas_core.transforms`."""

    steps: List[Dict[str, Any]]


Preprocessing = Union[HasSteps, Sequence[Mapping[str, Any]]]
"""Result of `ppclas_core.transforms`, or transforms as in a config."""


class OwnModel(NamedTuple):
    """Model object with its description.

    Args:
        layer: the network itself.
        meta: its description; `num_classes` is 0 for a model without classifier.
        entry: entry of its architecture; None for a layer that `create_model` did not build.
    """

    layer: nn.Layer
    meta: Meta
    entry: Optional[Entry]


def model_layer(model: object) -> Optional[nn.Layer]:
    """Return the network of an `nn.Layer`, `paddle.Model` or `paddle.DataParallel`; None for any other object."""
    paddle = sys.modules.get("paddle")  # whoever has a model has imported it; a path to a bundle does not need Paddle
    if paddle is None:
        return None
    if isinstance(model, paddle.Model):
        model = model.network
    if isinstance(model, paddle.DataParallel):
        model = next(model.children())
    return model if isinstance(model, paddle.nn.Layer) else None


def describe_model(layer: nn.Layer, labels: Optional[Labels] = None,
                   preprocessing: Optional[Preprocessing] = None) -> OwnModel:
    """Return a model with its description; the model runs once, in evaluation mode, and is not changed.

    Args:
        layer: the network.
        labels: class names in the order of the logits, or a file of them; default: none, they are not guessed.
        preprocessing: its preprocessing; default for a model of `create_model`: that of its record, or of the
            checkpoint that it was built from.

    Raises:
        UserError: the preprocessing is unknown or does not fit the model, or the number of labels is wrong.
    """
    source = model_source(layer)
    entry = None if source is None else find_model(source.name)[0]
    steps = _steps(source, preprocessing)
    example = run_pipeline(steps, [synthetic_image([3, 256, 256], index) for index in range(COUNT)])
    if example.ndim != 4 or example.dtype != np.float32:
        raise UserError(f"the preprocessing returns {example.dtype} {list(example.shape[1:])}; a model takes float32 "
                        "[channels, height, width]", where="preprocessing", do="end it with NormalizeImage, ToCHWImage")
    channels = getattr(layer, "in_channels", None) if source is not None else None
    if channels is not None and channels != example.shape[1]:
        raise UserError(f"the preprocessing returns {example.shape[1]} channels; the model takes {channels}",
                        where="preprocessing", do="give preprocessing=, the transforms that the model was trained with")
    width = _width(layer, example)
    headless = source is not None and getattr(layer, "num_classes", None) == 0
    names = _labels(labels, width)
    return OwnModel(layer, Meta(
        architecture=type(layer).__name__ if entry is None else entry.record.name,
        num_classes=0 if headless else width,
        image_shape=list(example.shape[1:]),
        preprocessing=steps,
        params={} if source is None else {key: value.item() if isinstance(value, np.generic) else value
                                          for key, value in (source.params or {}).items()},
        labels=names,
        plugins={plugin.dist: plugin.version for plugin in catalogue().plugins if plugin.version},
        version=ppclas_core.__version__,
    ), entry)


def model_source(layer: nn.Layer) -> Optional[ModelSource]:
    """Return what `create_model` built a model from; None for a model that was built in another way."""
    from ppclas_core.nn.backbone import ModelSource

    source = getattr(layer, "source", None)
    return source if isinstance(source, ModelSource) else None


@contextlib.contextmanager
def evaluating(layer: nn.Layer) -> Iterator[None]:
    """Set a model to evaluation mode without gradients in this context; then each layer gets its mode back."""
    import paddle

    training = [part for part in layer.sublayers(include_self=True) if part.training]
    layer.eval()
    try:
        with paddle.no_grad():
            yield
    finally:
        for part in training:
            part.training = True


def run_layer(layer: nn.Layer, batch: np.ndarray) -> np.ndarray:
    """Return the output of a model in evaluation mode for a batch, computed where its parameters are."""
    import paddle

    first = next(iter(layer.parameters()), None)
    with evaluating(layer):
        output = layer(paddle.to_tensor(batch, place=None if first is None else first.place))
    if not isinstance(output, paddle.Tensor):
        raise TypeError(f"it returns a {type(output).__name__}, not a tensor")
    return np.asarray(output.astype("float32").numpy())


def _steps(source: Optional[ModelSource], preprocessing: Optional[Preprocessing]) -> List[Dict[str, Any]]:
    if preprocessing is not None:
        given = getattr(preprocessing, "steps", cast(Any, preprocessing))
        if not isinstance(given, (list, tuple)) or not all(isinstance(step, Mapping) for step in given):
            raise UserError(f"preprocessing is a {type(preprocessing).__name__}",
                            do="give preprocessing=ppc.transforms(...), or a list such as [{'DecodeImage': {}}, ...]")
        return [dict(step) for step in given]
    if source is None:
        raise UserError("this model was not built by create_model, so its preprocessing is unknown",
                        do="give preprocessing=ppc.transforms('NAME'), or the list of its transforms")
    return evaluation_transforms(**source_preprocessing(source.name, source.weights))


def _width(layer: nn.Layer, example: np.ndarray) -> int:
    """Return the number of logits of a model, from its output for a batch."""
    shown = f"float32 {list(example.shape)}"
    try:
        output = run_layer(layer, example)
    except Exception as error:  # the layer is the user's, and may fail in any way
        raise UserError(f"the model fails for the output of its preprocessing, {shown}: {type(error).__name__}: "
                        f"{str(error).strip().splitlines()[-1] if str(error).strip() else ''}",
                        do="give preprocessing=, the transforms that the model was trained with") from error
    if output.ndim != 2 or len(output) != len(example):
        raise UserError(f"the model returns {list(output.shape)} for {shown}; a classifier returns logits "
                        f"[{len(example)}, number of classes]")
    return int(output.shape[1])


def _labels(labels: Optional[Labels], width: int) -> List[str]:
    if labels is None:
        return []
    names = read_class_names(labels) if isinstance(labels, (str, Path)) else [str(name) for name in labels]
    if len(names) != width:
        raise UserError(f"there are {len(names)} class names; the model returns {width} logits", where="labels",
                        do="give one name per logit, in their order")
    return names
