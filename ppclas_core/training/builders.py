# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Build the components of a training from a config: data, model, loss, learning-rate schedule, callbacks."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Callable, List, Optional, Sequence, SupportsFloat, Tuple, cast

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
from ppclas_core.losses.mixed_labels import LossFunction
from ppclas_core.models.create import create_model
from ppclas_core.models.evaluated_weights import classes_of
from ppclas_core.models.pretrained import PretrainedSource
from ppclas_core.plugins.catalogue import build_named, catalogue
from ppclas_core.plugins.models import find_model
from ppclas_core.system.rank import Rank
from ppclas_core.training.callbacks import Callback
from ppclas_core.training.check_callback import callback_fault
from ppclas_core.training.freeze import freeze
from ppclas_core.training.profile import Profile

if TYPE_CHECKING:
    from paddle import nn

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingData:
    """Data of a training.

    Args:
        loader: loader of training batches.
        valid: validation data; None without validation.
        valid_loader: loader of validation batches; None without validation.
        class_names: class names in the order of the logits.
        named: the data has class names; else `class_names` are the class indices as text.
    """

    loader: Loader
    valid: Optional[Source]
    valid_loader: Optional[Loader]
    class_names: Sequence[str]
    named: bool


def open_training_data(config: Config, checkpoint: Optional[Path], rank: Rank) -> TrainingData:
    """Open TRAIN and, if the config validates, VALID, and check the size of an image against `image_shape`.

    Args:
        config: the config.
        checkpoint: folder of the checkpoint that the run continues; the data is matched to its class names.
        rank: this process.

    Raises:
        UserError: data does not exist or does not fit the config.
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


def build_model(config: Config) -> Tuple[nn.Layer, Backbone]:
    """Return the model of a config, in training mode and with `freeze` applied, and its record.

    Raises:
        UserError: the name, a parameter or an entry of `freeze` is unknown.
    """
    name = config.model_name
    entry, _ = find_model(name)
    common = {"num_classes": config.num_classes, "in_channels": config.image_shape[0]}
    try:
        model = create_model(name, **{**(config.architecture.params or {}), **common})
    except UserError as error:
        raise error.at(config.location("ARCHITECTURE")) from error
    try:
        freeze(model, entry.record, config.freeze or ())
    except UserError as error:
        raise error.at(config.location("freeze")) from error
    return model, entry.record


def load_initial_weights(pretrained: PretrainedSource, model: nn.Layer, record: Backbone,
                         callbacks: Sequence[Callback], *, resumed: bool) -> None:
    """Load `pretrained_model` into the model of a new run, unless a callback loads it.

    Args:
        pretrained: `pretrained_model` of the config.
        model: the model.
        record: record of its architecture.
        callbacks: callbacks of the run, which may load further networks.
        resumed: the run continues a checkpoint, whose weights are loaded later.
    """
    loaded: List[bool] = []
    for callback in callbacks:
        with catalogue().calling_object("callback", callback):
            loaded.append(callback.load_pretrained(model, record, pretrained.source, resumed=resumed))
    if resumed or any(loaded) or not pretrained.source:
        return
    weights = find_model(pretrained.model)[1] if pretrained.source is True else None
    pretrained.load(model, record, weights=weights)


def build_loss(config: Config, class_weights: Optional[Sequence[float]] = None) -> LossFunction:
    """Build the loss of a config, with label smoothing.

    Args:
        config: the config.
        class_weights: weight of each class, or None; the rules of the task name the loss parameter that gets them.

    Raises:
        UserError: there are class weights, but the loss does not have that parameter.
    """
    rules = RULES[config.task]
    name = config.loss.name
    params = dict(config.loss.params or {})
    accepted = catalogue().parameters("loss", name)
    add_smoothing(params, config.ls_epsilon, accepted)
    params.update({key: value for key, value in rules.loss_params.items() if key in accepted})
    if class_weights is not None:
        key = rules.class_weights
        if key not in accepted:
            raise UserError(f"'class_weights' has no effect on the loss {name}, which has no {key}",
                            do=f"LOSS.name: {rules.loss}" if rules.label_sets else "TRAIN.sampler: balanced")
        params[key] = class_weights
    return cast(LossFunction, catalogue().create("loss", name, params))


def build_evaluation_loss(config: Config) -> LossFunction:
    """Build the loss of evaluations: the loss of training without class weights; with a teacher cross-entropy."""
    if has_teacher(config):
        return cast(LossFunction, catalogue().create("loss", "CELoss", {}))
    return build_loss(config)


def build_schedule(config: Config, steps_per_epoch: int) -> Callable[[int], float]:
    """Build the schedule of a config: a function from the optimizer step, counted from 0, to the learning rate."""
    section = config.require_learning_rate()
    supplied = {"epochs": config.epochs, "step_each_epoch": steps_per_epoch}
    params, _ = schedule_parameters(section, None if config.train is None else config.train.batch_size)
    name = section.function
    schedule: Callable[[int], float] = catalogue().create("lr_schedule", name, params, supplied)

    def rate(step: int) -> float:
        with catalogue().calling("lr_schedule", name):
            value = schedule(step)
            if not isinstance(value, SupportsFloat):
                raise TypeError(f"it returned {value!r}, not a learning rate")
            return value

    return rate


def build_callbacks(config: Config) -> List[Callback]:
    """Build the callbacks of a config in order; those that a config key of their own enables come first.

    Raises:
        UserError: a callback is unknown or a parameter is wrong.
        PluginError: the callback of a plugin has methods that are never called, or with other arguments.
    """
    named: List[Callback] = build_named("callback", callback_items(config))
    for callback in named:
        fault = callback_fault(callback)
        if fault is not None:
            owner = catalogue().owner_of("callback", callback)
            raise fault if owner is None or owner.is_core else owner.error(fault, "has a wrong method")
    return [*named, Profile()] if config.profile else named
