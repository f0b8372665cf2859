# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Build the components of a training from a config: data, model, loss, schedule, callbacks, meta."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

import paddle

import ppclas_core
from ppclas_core.api import Backbone
from ppclas_core.config.config import Config
from ppclas_core.config.scaled_lr import schedule_parameters
from ppclas_core.config.switched_callbacks import callback_items, has_teacher
from ppclas_core.config.task_rules import RULES
from ppclas_core.data import from_config as datasets
from ppclas_core.data.loader import Loader
from ppclas_core.data.readers.source import Source
from ppclas_core.errors import UserError
from ppclas_core.losses.label_smoothing import add_smoothing
from ppclas_core.models.create import create_model
from ppclas_core.models.evaluated_weights import classes_of
from ppclas_core.models.preprocessing import model_preprocessing
from ppclas_core.models.pretrained import PretrainedSource
from ppclas_core.plugins.catalogue import build_named, catalogue
from ppclas_core.plugins.models import find_model
from ppclas_core.runs.meta import Meta
from ppclas_core.system.rank import Rank
from ppclas_core.tasks import task_of
from ppclas_core.training.compile import Around, compiled
from ppclas_core.training.freeze import freeze
from ppclas_core.training.profile import Profile

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingData:
    """The data of a training.

    Args:
        loader: training batches; valid_loader: validation batches, None without validation.
        valid: data set of `valid_loader`.
        class_names: one per logit; named: they come from the data, and are not only numbers.
    """

    loader: Loader
    valid: Optional[Source]
    valid_loader: Optional[Loader]
    class_names: Sequence[str]
    named: bool


def open_training_data(config: Config, checkpoint: Optional[Path], rank: Rank) -> TrainingData:
    """Open TRAIN and, where the config validates, VALID, and compare the size of an image with `image_shape`.

    Args:
        checkpoint: folder of the checkpoint that the run continues, whose class names hold.

    Raises:
        UserError: data that does not exist or does not fit the config.
    """
    source, valid = datasets.open_both(config, classes_of(checkpoint))
    loader = datasets.train_loader(config, source, rank)
    datasets.check_size(config, "TRAIN", loader)
    valid_loader = None
    if valid is not None:
        valid_loader = datasets.valid_loader(config, valid, rank)
        for note in valid.notes():
            _log.info("VALID: %s", note)
        datasets.check_size(config, "VALID", valid_loader)
    named = bool(source.class_names or (valid is not None and valid.class_names))
    return TrainingData(loader, valid, valid_loader, datasets.class_names(config.num_classes, source, valid), named)


def build_model(config: Config) -> Tuple[Any, Backbone]:
    """Build the model of a config, in train mode with `freeze` applied; return it with its record.

    Raises:
        UserError: unknown name or parameter.
    """
    name = config.model_name
    entry, _ = find_model(name)
    common = {"num_classes": config.num_classes, "in_channels": config.image_shape[0]}
    try:
        model = create_model(name, **{**(config.architecture.params or {}), **common})
    except UserError as error:
        raise error.at(config.place("ARCHITECTURE")) from error
    try:
        freeze(model, entry.record, config.freeze or ())
    except UserError as error:
        raise error.at(config.place("freeze")) from error
    return model, entry.record


def load_initial_weights(pretrained: PretrainedSource, model: Any, record: Backbone, callbacks: Sequence[Any], *,
                         resumed: bool) -> None:
    """Load `pretrained_model` into the model of a new run, unless a callback does.

    Args:
        resumed: the run continues a checkpoint, whose weights are loaded later; callbacks still load theirs.
    """
    taken = []
    for callback in callbacks:
        with catalogue().calling_object("callback", callback):
            taken.append(callback.load_pretrained(model, record, pretrained.source, resumed=resumed))
    if resumed or any(taken) or not pretrained.source:
        return
    weights = find_model(pretrained.model)[1] if pretrained.source is True else None
    pretrained.load(model, record, weights=weights)


def build_forward(model: Any, callbacks: Sequence[Any], image_shape: Sequence[int], *, to_static: bool,
                  rank: Rank) -> Callable[[Any], Any]:
    """Return what training steps call: the model, a callback's stand-in for it, or a compiled program.

    Args:
        image_shape: channels, height, width.
        to_static: compile the model, where no callback changes or replaces it.
    """
    forward: Any = model
    for callback in callbacks:
        with catalogue().calling_object("callback", callback):
            forward = callback.on_model_built(forward, paddle.zeros([1, *image_shape]))
    changed = any(getattr(callback, "changes_layers", False) for callback in callbacks)
    if to_static and forward is model and not changed:
        forward = compiled(model)
    elif to_static:
        _log.info("to_static: left out, as a callback computes the training steps itself")
    if rank.world > 1:
        forward = paddle.DataParallel(forward if isinstance(forward, paddle.nn.Layer) else Around(model, forward))
    result: Callable[[Any], Any] = forward
    return result


def build_loss(config: Config, class_weights: Optional[Sequence[float]] = None) -> Callable[[Any, Any], Any]:
    """Build the loss of a config, with its label smoothing.

    Args:
        class_weights: one per class, for the parameter of the loss that the task names; None: all alike.

    Raises:
        UserError: weights for a loss that takes none.
    """
    rules = RULES[config.task]
    name, params = config.loss.name, dict(config.loss.params or {})
    accepted = catalogue().parameters("loss", name)
    add_smoothing(params, config.ls_epsilon, accepted)
    params.update({key: value for key, value in rules.loss_params.items() if key in accepted})
    if class_weights is not None:
        key = rules.class_weights
        if key not in accepted:
            raise UserError(f"'class_weights' has no effect on the loss {name}, which has no {key}",
                            do=f"LOSS.name: {rules.loss}" if rules.label_sets else "TRAIN.sampler: balanced")
        params[key] = class_weights
    loss: Callable[[Any, Any], Any] = catalogue().create("loss", name, params)
    return loss


def build_evaluation_loss(config: Config) -> Callable[[Any, Any], Any]:
    """Build the loss of evaluations: that of training without class weights; cross-entropy beside a teacher."""
    if has_teacher(config):
        loss: Callable[[Any, Any], Any] = catalogue().create("loss", "CELoss", {})
        return loss
    return build_loss(config)


def build_schedule(config: Config, steps_per_epoch: int) -> Callable[[int], float]:
    """Build the schedule of a config: optimizer step -> learning rate."""
    section = config.require_learning_rate()
    supplied = {"epochs": config.epochs, "step_each_epoch": steps_per_epoch}
    params, _ = schedule_parameters(section, None if config.train is None else config.train.batch_size)
    name = section.function
    schedule: Callable[[int], float] = catalogue().create("lr_schedule", name, params, supplied)

    def rate(step: int) -> float:
        with catalogue().calling("lr_schedule", name):
            return schedule(step)

    return rate


def build_callbacks(config: Config) -> List[Any]:
    """Build `callbacks` of a config in their order; before them stand those that a key of the config switches on."""
    named = build_named("callback", callback_items(config))
    return [*named, Profile()] if config.profile else named


def build_meta(config: Config, record: Backbone, labels: Sequence[str], metrics: Mapping[str, float],
               terms: Optional[Mapping[str, Any]] = None) -> Meta:
    """Return what a checkpoint of this config says of itself.

    Args:
        terms: `Terms` of the run as plain values.
    """
    plain: Dict[str, Any] = config.to_dict()
    return Meta(
        architecture=config.model_name,
        num_classes=config.num_classes,
        image_shape=list(config.image_shape),
        preprocessing=(plain["VALID"]["transforms"] if config.valid else
                       _usual_preprocessing(config.image_shape[1], record)),
        params=plain["ARCHITECTURE"].get("params") or {},
        labels=list(labels),
        config=plain,
        plugins={plugin.dist: plugin.version for plugin in catalogue().plugins if plugin.version},
        metrics=dict(metrics),
        terms=dict(terms or {}),
        task=config.task,
        threshold=task_of(config).threshold,
        version=ppclas_core.__version__,
    )


def _usual_preprocessing(size: int, record: Backbone) -> List[Dict[str, Any]]:
    """Return the evaluation transforms of the architecture for images of `size` pixels, for a config without VALID."""
    known = model_preprocessing(record)
    short = round(size * known["resize_short"] / known["input_size"])
    interpolation = {"bilinear": 1, "bicubic": 2}[known["interpolation"]]
    return [
        {"DecodeImage": {"to_rgb": True}},
        {"ResizeImage": {"resize_short": short, "interpolation": interpolation}},
        {"CropImage": {"size": size}},
        {"NormalizeImage": {"scale": "1./255.", "mean": known["mean"], "std": known["std"], "order": ""}},
        {"ToCHWImage": None},
    ]
