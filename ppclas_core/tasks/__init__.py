# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Tasks: the meaning of the labels of a data set, which decides metrics, decoding of logits and report pages.

Each value of the config key `task` is a subclass of `Task`, listed in `TASKS`. All code that depends on the task calls
a method of it. `ppclas_core.config.task_rules` has what the config schema needs: default loss and monitored metric.
"""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Type

from ppclas_core.config.config import Config
from ppclas_core.tasks.multiclass import Multiclass
from ppclas_core.tasks.multilabel import Multilabel
from ppclas_core.tasks.task import Example, Task

__all__ = ["TASKS", "Example", "Multiclass", "Multilabel", "Task", "task_of", "task_of_model"]

TASKS: Dict[str, Type[Task]] = {task.name: task for task in (Multiclass, Multilabel)}
"""Value of the config key `task` -> class."""


def task_of(config: Mapping[str, Any]) -> Task:
    """Return the task of a config, or of the plain values of one, with its parameters."""
    known = Config.of(config)
    return TASKS[known.task].from_config(known)


def task_of_model(name: str, threshold: Optional[float] = None) -> Task:
    """Return the task of a trained model, from `task` and `threshold` of its `meta.yaml` or `bundle.json`."""
    return TASKS[name]() if threshold is None else TASKS[name](threshold=threshold)
