# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Which evaluation is the best so far, and `early_stop`: end a run whose monitored metric no longer rises."""

from __future__ import annotations

import math
from typing import Any, Mapping

from ppclas_core.runs.progress import Progress
from ppclas_core.training.run_state import deciding_figure


def count_evaluation(config: Mapping[str, Any], progress: Progress, result: Any, epoch: int) -> bool:
    """Take an evaluation into the progress of a run; return whether it is the best so far.

    A higher metric is better; at the same metric, a lower loss. Only a higher metric renews the patience of
    `early_stop`.
    """
    value = getattr(result, deciding_figure(config))
    finite = math.isfinite(result.loss)
    higher = finite and value > progress.best
    lower_loss = (finite and value == progress.best and progress.best_loss is not None
                  and result.loss < progress.best_loss)
    progress.evaluations_since = 0 if higher else evaluations_since_best(config, progress) + 1
    if higher or lower_loss:
        progress.best, progress.best_loss, progress.best_epoch = value, result.loss, epoch
    return higher or lower_loss


def evaluations_since_best(config: Mapping[str, Any], progress: Progress) -> int:
    """Return how many evaluations came after the last that raised the metric; where the checkpoint does not hold their
    number, those that `valid_interval` asks for after the best epoch."""
    if progress.evaluations_since is not None:
        return progress.evaluations_since
    later = range(progress.best_epoch + 1, progress.epoch) if progress.best_epoch >= 0 else ()
    return sum(due(config, epoch) for epoch in later)


def due(config: Mapping[str, Any], epoch: int) -> bool:
    """Return whether an epoch is evaluated: every `valid_interval` epochs, and the last one."""
    return bool(epoch % config["valid_interval"] == 0 or epoch == config["epochs"] - 1)


def out_of_patience(config: Mapping[str, Any], progress: Progress) -> bool:
    """Return whether the last `patience` evaluations brought no higher metric; a function of the checkpoint alone, so
    that a resumed run stops where the other would have."""
    section = config.get("early_stop")
    if not section or progress.best_epoch < 0:
        return False
    return evaluations_since_best(config, progress) >= int(section["patience"])


def is_over(config: Mapping[str, Any], progress: Progress) -> str:
    """Return why there is nothing left to do, for the log; "" while there is."""
    if progress.epoch >= config["epochs"]:
        return f"it has all {config['epochs']} epochs"
    if progress.step == 0 and out_of_patience(config, progress):
        count = evaluations_since_best(config, progress)
        return (f"stopped early after epoch {progress.epoch - 1}: the best {deciding_figure(config)} is that of epoch "
                f"{progress.best_epoch}; the last {count} evaluation{'s' if count > 1 else ''} did not raise it")
    return ""
