# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The parts of a run, made from a config: model, loss, schedule, callbacks, meta."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

import ppclas_core
from ppclas_core.api import Backbone
from ppclas_core.compat.keys import model_name
from ppclas_core.config.scaled_lr import schedule_parameters
from ppclas_core.config.switched_callbacks import callback_items, has_teacher
from ppclas_core.config.task_rules import RULES
from ppclas_core.errors import UserError
from ppclas_core.losses.label_smoothing import add_smoothing
from ppclas_core.models.create import create_model
from ppclas_core.models.preprocessing import model_preprocessing
from ppclas_core.models.pretrained import PretrainedSource
from ppclas_core.plugins.catalogue import build_named, catalogue
from ppclas_core.plugins.models import find_model
from ppclas_core.runs.meta import Meta
from ppclas_core.tasks import task_of
from ppclas_core.training.freeze import freeze
from ppclas_core.training.profile import Profile


def build_model(config: Any) -> Tuple[Any, Backbone]:
    """The freshly initialised model of a config, in train mode with `freeze` applied, and its record.

    Raises:
        UserError: unknown name or parameter.
    """
    section, name = config["ARCHITECTURE"], model_name(config)
    entry, _ = find_model(name)
    common = {"num_classes": config["classes_num"], "in_channels": config["image_shape"][0]}
    try:
        model = create_model(name, **{**(section.get("params") or {}), **common})
    except UserError as error:
        raise error.at(config.place("ARCHITECTURE")) from error
    try:
        freeze(model, entry.record, config.get("freeze") or ())
    except UserError as error:
        raise error.at(config.place("freeze")) from error
    return model, entry.record


def load_pretrained(config: Mapping[str, Any], model: Any, record: Backbone) -> None:
    """Load `pretrained_model`, if it is given; True means the published weights of the architecture's name."""
    source = config.get("pretrained_model")
    if not source:
        return
    name = model_name(config)
    weights = find_model(name)[1] if source is True else None
    PretrainedSource(source, name).load(model, record, weights=weights)


def build_loss(config: Mapping[str, Any], class_weights: Optional[Sequence[float]] = None) -> Callable[[Any, Any], Any]:
    """Build the loss of a config, with its label smoothing.

    Args:
        class_weights: one per class, for the parameter of the loss that the task names; None: all alike.

    Raises:
        UserError: weights for a loss that takes none.
    """
    rules = RULES[config["task"]]
    section = config.get("LOSS") or {}
    name, params = section.get("name") or "CELoss", dict(section.get("params") or {})
    accepted = catalogue().parameters("loss", name)
    add_smoothing(params, config, accepted)
    params.update({key: value for key, value in rules.loss_params.items() if key in accepted})
    if class_weights is not None:
        key = rules.class_weights
        if key not in accepted:
            raise UserError(f"'class_weights' has no effect on the loss {name}, which has no {key}",
                            do=f"LOSS.name: {rules.loss}" if rules.label_sets else "TRAIN.sampler: balanced")
        params[key] = class_weights
    loss: Callable[[Any, Any], Any] = catalogue().create("loss", name, params)
    return loss


def eval_loss(config: Mapping[str, Any]) -> Callable[[Any, Any], Any]:
    """The loss of evaluations: that of training, smoothing included, class weights left out; cross-entropy where
    training compares with a teacher."""
    if has_teacher(config):
        loss: Callable[[Any, Any], Any] = catalogue().create("loss", "CELoss", {})
        return loss
    return build_loss(config)


def build_schedule(config: Mapping[str, Any], steps_per_epoch: int) -> Callable[[int], float]:
    """`LEARNING_RATE` of a config as `step -> rate`."""
    supplied = {"epochs": config["epochs"], "step_each_epoch": steps_per_epoch}
    params, _ = schedule_parameters(config)
    name = config["LEARNING_RATE"]["function"]
    schedule: Callable[[int], float] = catalogue().create("lr_schedule", name, params, supplied)

    def rate(step: int) -> float:
        with catalogue().calling("lr_schedule", name):
            return schedule(step)

    return rate


def build_callbacks(config: Mapping[str, Any]) -> List[Any]:
    """Build `callbacks` of a config in their order; before them stand those that a key of the config switches on."""
    named = build_named("callback", callback_items(config))
    return [*named, Profile()] if config.get("profile") else named


def build_meta(config: Any, record: Backbone, labels: Sequence[str], metrics: Mapping[str, float],
               terms: Optional[Mapping[str, Any]] = None) -> Meta:
    """Return what a checkpoint of this config says of itself.

    Args:
        terms: `Terms` of the run as plain values.
    """
    valid = config.get("VALID")
    plain: Dict[str, Any] = config.to_dict()
    return Meta(
        architecture=model_name(config),
        num_classes=config["classes_num"],
        image_shape=list(config["image_shape"]),
        preprocessing=plain["VALID"]["transforms"] if valid else _usual_preprocessing(config, record),
        params=plain["ARCHITECTURE"].get("params") or {},
        labels=list(labels),
        config=plain,
        plugins={plugin.dist: plugin.version for plugin in catalogue().plugins if plugin.version},
        metrics=dict(metrics),
        terms=dict(terms or {}),
        task=config["task"],
        threshold=task_of(config).threshold,
        version=ppclas_core.__version__,
    )


def _usual_preprocessing(config: Mapping[str, Any], record: Backbone) -> List[Dict[str, Any]]:
    """Evaluation transforms of the architecture, for a config without VALID."""
    known = model_preprocessing(record)
    size = config["image_shape"][1]
    short = round(size * known["resize_short"] / known["input_size"])
    interpolation = {"bilinear": 1, "bicubic": 2}[known["interpolation"]]
    return [
        {"DecodeImage": {"to_rgb": True}},
        {"ResizeImage": {"resize_short": short, "interpolation": interpolation}},
        {"CropImage": {"size": size}},
        {"NormalizeImage": {"scale": "1./255.", "mean": known["mean"], "std": known["std"], "order": ""}},
        {"ToCHWImage": None},
    ]
