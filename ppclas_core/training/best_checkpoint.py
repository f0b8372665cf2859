# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Which evaluation of a run is the best so far: the one with the best value of the monitored metric."""

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
    """Update the best value in `progress`; return whether this evaluation is the best so far.

    Of equal values, the lower loss is better. Only a better value renews the patience of `early_stop`. A loss that is
    not finite is never the best.

    Args:
        monitor: name of the monitored metric; mode: `max` or `min`.
    """
    value, loss = result.metrics[monitor], result.metrics["loss"]
    finite = math.isfinite(loss)
    better = finite and math.isfinite(value) and (
        progress.best_epoch < 0 or (value > progress.best if mode == "max" else value < progress.best))
    lower_loss = (finite and value == progress.best and progress.best_loss is not None
                  and progress.best_epoch >= 0 and loss < progress.best_loss)
    progress.evaluations_since = 0 if better else evaluations_since_best(config, progress) + 1
    progress.monitor = monitor
    if better or lower_loss:
        progress.best, progress.best_loss, progress.best_epoch = value, loss, epoch
    return better or lower_loss


def keep_monitor(progress: Progress, monitor: str) -> None:
    """Forget the best value of a resumed run where it is that of another metric.

    Args:
        monitor: name of the monitored metric of the run that continues.
    """
    if progress.best_epoch < 0 or progress.monitor in (None, monitor):
        return
    _log.info("resume: the best %s so far, %.5f, does not count: the monitored metric is now %s", progress.monitor,
              progress.best, monitor)
    progress.best, progress.best_epoch, progress.best_loss, progress.evaluations_since = -1.0, -1, None, None
