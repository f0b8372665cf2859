# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Config rules of each value of the key `task`: loss, metrics, sampler, teacher. `ppclas_core.tasks` has the tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Mapping

from ppclas_core.config.resolve import Resolution
from ppclas_core.config.switched_callbacks import has_teacher, switched_callbacks
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue


@dataclass(frozen=True)
class TaskRules:
    """Rules of one task.

    Args:
        loss: default of `LOSS.name`.
        monitor: default of `monitor`.
        label_sets: each image has a set of classes, so components that need exactly one are refused.
        class_weights: loss parameter that receives the key `class_weights`.
        loss_params: parameters passed to a loss whose signature has them.
    """

    loss: str
    monitor: str
    label_sets: bool = False
    class_weights: str = "class_weights"
    loss_params: Mapping[str, Any] = field(default_factory=dict)


RULES: Dict[str, TaskRules] = {
    "multiclass": TaskRules("CELoss", "top1"),
    "multilabel": TaskRules("BCELoss", "mAP", label_sets=True, class_weights="pos_weight",
                            loss_params={"sigmoid": True}),
}


def monitor_of(config: Mapping[str, Any]) -> str:
    """Return the name of the monitored metric: the key `monitor`, else the default of the task."""
    return str(config.get("monitor") or RULES[config["task"]].monitor)


def settle_loss(config: Resolution) -> None:
    """Set the default of `LOSS.name`, and refuse a loss that does not fit the teacher, or its absence."""
    loss = config.values["LOSS"]
    switched = [entry.record.default_loss for entry in switched_callbacks(config.values) if entry.record.default_loss]
    if loss and "LOSS.name" not in config.origins:
        loss["name"] = switched[0] if switched else _rules(config).loss
    elif loss:
        _check_loss(config, loss["name"])


def _check_loss(config: Resolution, name: str) -> None:
    """Refuse a loss on labels for a config with a teacher, and a loss on teacher outputs without a teacher."""
    try:
        takes_teacher = catalogue().find("loss", name).record.teacher
    except UserError:  # `_check_names` reports unknown names
        return
    if takes_teacher and not has_teacher(config.values):
        keys = [entry.record.enabled_by for entry in catalogue().entries("callback") if entry.record.teacher]
        config.error("LOSS.name", f"{name} compares with a teacher, and there is none",
                     do=f"set '{keys[0]}: True' and name a teacher" if keys else "'ppclas list losses' shows others")
    elif has_teacher(config.values) and not takes_teacher:
        (teacher, *_) = [entry.record for entry in switched_callbacks(config.values) if entry.record.teacher]
        config.error("LOSS.name", f"{name} compares with labels; '{teacher.enabled_by}' needs a loss that compares "
                     "with a teacher", do=f"remove it for {teacher.default_loss}, or one of: " + ", ".join(
                         entry.record.name for entry in catalogue().entries("loss") if entry.record.teacher))


def check_task(config: Resolution) -> None:
    """Refuse distillation, losses and samplers that need one class per image when the task is multi-label."""
    values = config.values
    if not _rules(config).label_sets:
        return
    teachers = [entry.record for entry in switched_callbacks(values) if entry.record.teacher]
    if teachers:
        key = teachers[0].enabled_by
        config.error(key, f"'{key}' compares probabilities of one class per image; 'task: {values['task']}' has "
                     "several", do="train the student on labels")
    elif values["LOSS"]:
        _check_loss_of_sets(config, values["LOSS"]["name"])
    if values["TRAIN"] and values["TRAIN"]["sampler"] == "balanced":
        config.error("TRAIN.sampler", f"'sampler: balanced' draws images by their class; with 'task: "
                     f"{values['task']}' they have several", do="class_weights: balanced")


def _check_loss_of_sets(config: Resolution, name: str) -> None:
    task = config.values["task"]
    try:
        fits = catalogue().find("loss", name).record.multilabel
    except UserError:  # `_check_names` reports unknown names
        return
    if not fits:
        able = ", ".join(entry.record.name for entry in catalogue().entries("loss") if entry.record.multilabel)
        config.error("LOSS.name", f"{name} expects one class per image, 'task: {task}' has several",
                     do=f"remove it for {_rules(config).loss}, or one of: {able}")
    if config.values["LOSS"]["params"].get("sigmoid") is False:
        config.error("LOSS.params.sigmoid", f"'sigmoid: False' of {name} expects one class per image, 'task: "
                     f"{task}' has several", do="remove it")


def check_metrics(config: Resolution) -> None:
    """Report metrics of `monitor` and `metrics` that do not exist or do not support the task."""
    task = config.values["task"]
    named = [("monitor", config.values["monitor"])] if config.values["monitor"] else []
    named += [(f"metrics.{index}", name) for index, name in enumerate(config.values["metrics"] or ())]
    for path, name in named:
        try:
            record = catalogue().find("metric", name).record
        except UserError as error:
            usable = ", ".join(entry.record.name for entry in catalogue().entries("metric")
                               if task in entry.record.tasks)
            config.error(path, error.what, do=f"one of: {usable}")
            continue
        if task not in record.tasks:
            usable = ", ".join(entry.record.name for entry in catalogue().entries("metric")
                               if task in entry.record.tasks)
            config.error(path, f"the metric {name} is not for 'task: {task}'", do=f"one of: {usable}")


def _rules(config: Resolution) -> TaskRules:
    return RULES.get(config.values["task"]) or next(iter(RULES.values()))  # an unknown task is an error already
