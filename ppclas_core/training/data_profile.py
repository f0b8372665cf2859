# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Time per stage of the data pipeline, in the log and the records of a run with `profile_data`."""

from __future__ import annotations

import logging
from typing import Dict

from ppclas_core.data.fused import WHOLE
from ppclas_core.data.loader import Loader
from ppclas_core.data.timing import TRAIN, hint, line, per_image
from ppclas_core.runs.log import RunLog

_log = logging.getLogger(__name__)


def log_profile(loader: Loader) -> None:
    """Log the milliseconds per image of each stage in this epoch so far."""
    if loader.stages.timed and loader.stages.counts.get("images"):
        _log.info(line(per_image(loader.stages, loader.stages.counts["images"])))


def record_profile(loader: Loader, log: RunLog, epoch: int) -> None:
    """Log and record the times of an epoch, with a hint if training waits for data, and reset the counts."""
    stages = loader.stages
    images = stages.counts.get("images", 0)
    if not stages.timed or not images:
        return
    times = per_image(stages, images)
    whole = min(stages.counts.get(WHOLE, 0), images)  # some are in batches that were never used
    _log.info(line(times) + (f"; {whole} of {images} images decoded whole" if whole else ""))
    advice = hint(times, str(loader.workers))
    if advice:
        _log.info(advice)
    log.record("data", {"epoch": epoch, **times, WHOLE: whole})
    stages.take()


def evaluation_profile(loader: Loader) -> Dict[str, float]:
    """Return and log the milliseconds per image of each stage of an evaluation, and reset the counts.

    The result is {} if times are not measured.
    """
    stages = loader.stages
    images = stages.counts.get("images", 0)
    if not stages.timed or not images:
        return {}
    stages.seconds.pop(TRAIN, None)  # the time of the consumer is measured as `engine` and `metrics`
    times = per_image(stages, images)
    _log.info(line(times, "evaluation"))
    advice = hint(times, str(loader.workers))
    if advice:
        _log.info(advice)
    stages.take()
    return times
