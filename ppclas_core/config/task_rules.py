# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Config rules of each value of the key `task`; the tasks themselves are in `ppclas_core.tasks`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Mapping


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
