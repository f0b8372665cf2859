# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Best checkpoint of a run: the one with the best value of the monitored metric."""

from __future__ import annotations

import logging
import math

from ppclas_core.config.config import Config
from ppclas_core.metrics.evaluation import Evaluation
from ppclas_core.runs.progress import Progress
from ppclas_core.training.early_stop import evaluations_since_best

_log = logging.getLogger(__name__)


def update_best(config: Config, progress: Progress, result: Evaluation, epoch: int, *,
                monitor: str, mode: str) -> bool:
    """Update the best value in `progress`, and return whether this evaluation is the best so far.

    Of equal values, the one with the lower loss is better, but only a better value restarts the patience of
    `early_stop`. An evaluation with a loss that is not finite is never the best.

    Args:
        config: config of the run.
        progress: progress of the run; it is changed.
        result: result of the evaluation.
        epoch: epoch of the evaluation, counted from 0.
        monitor: name of the monitored metric.
        mode: `max` or `min`.
    """
    value = result.metrics[monitor]
    loss = result.metrics["loss"]
    finite = math.isfinite(loss)
    better = finite and math.isfinite(value) and (
        progress.best_epoch < 0 or (value > progress.best if mode == "max" else value < progress.best))
    lower_loss = (finite and value == progress.best and progress.best_loss is not None
                  and progress.best_epoch >= 0 and loss < progress.best_loss)
    progress.evaluations_since = 0 if better else evaluations_since_best(config, progress) + 1
    progress.monitor = monitor
    if better or lower_loss:
        progress.best = value
        progress.best_loss = loss
        progress.best_epoch = epoch
    return better or lower_loss


def reset_other_monitor(progress: Progress, monitor: str) -> None:
    """Reset the best value of a resumed run if it is a value of another metric than `monitor`."""
    if progress.best_epoch < 0 or progress.monitor in (None, monitor):
        return
    _log.info("resume: the best %s so far, %.5f, is ignored: the monitored metric is now %s", progress.monitor,
              progress.best, monitor)
    progress.best = -1.0
    progress.best_epoch = -1
    progress.best_loss = None
    progress.evaluations_since = None
