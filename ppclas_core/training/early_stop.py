# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Early stopping: a run ends when its monitored metric no longer improves (`early_stop`) or a callback ends it."""

from __future__ import annotations

from ppclas_core.config.config import Config
from ppclas_core.config.task_rules import monitor_of
from ppclas_core.runs.progress import Progress


def evaluations_since_best(config: Config, progress: Progress) -> int:
    """Return the number of evaluations since the last one that improved the monitored metric.

    If the checkpoint does not contain it, it is the number of evaluations that were due after the best epoch.
    """
    if progress.evaluations_since is not None:
        return progress.evaluations_since
    later = range(progress.best_epoch + 1, progress.epoch) if progress.best_epoch >= 0 else ()
    return sum(due(config, epoch) for epoch in later)


def due(config: Config, epoch: int) -> bool:
    """Return whether an epoch ends with an evaluation: every `valid_interval` epochs, and the last one."""
    return bool(epoch % config.valid_interval == 0 or epoch == config.require_epochs() - 1)


def out_of_patience(config: Config, progress: Progress) -> bool:
    """Return whether the last `patience` evaluations did not improve the monitored metric.

    The result depends on the checkpoint only, so a resumed run stops at the same epoch.
    """
    rule = config.early_stop
    if rule is None or progress.best_epoch < 0:
        return False
    return evaluations_since_best(config, progress) >= rule.patience


def is_over(config: Config, progress: Progress) -> str:
    """Return why the run is over, for the log; "" if it is not."""
    epochs = config.require_epochs()
    if progress.epoch >= epochs:
        return f"it has all {epochs} epochs"
    if progress.stopped:
        return f"a callback stopped it after epoch {progress.epoch - 1}"
    if progress.step == 0 and out_of_patience(config, progress):
        count = evaluations_since_best(config, progress)
        return (f"stopped early after epoch {progress.epoch - 1}: the best {monitor_of(config)} is that of epoch "
                f"{progress.best_epoch}; the last {count} evaluation{'s' if count > 1 else ''} did not improve it")
    return ""
