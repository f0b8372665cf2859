# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The time that data takes in a run, in the log and the records; nothing unless `profile_data` is set."""

from __future__ import annotations

import logging
from typing import Dict

from ppclas_core.data.fused import WHOLE
from ppclas_core.data.loader import Loader
from ppclas_core.data.timing import TRAIN, hint, line, per_image
from ppclas_core.runs.log import RunLog

_log = logging.getLogger(__name__)


def log_profile(loader: Loader) -> None:
    """Log the milliseconds per image of each stage so far in this epoch."""
    if loader.stages.timed and loader.stages.counts.get("images"):
        _log.info(line(per_image(loader.stages, loader.stages.counts["images"])))


def record_profile(loader: Loader, log: RunLog, epoch: int) -> None:
    """Log and record the times of a whole epoch, with a hint where training waits for data, and reset the counts."""
    stages = loader.stages
    images = stages.counts.get("images", 0)
    if not stages.timed or not images:
        return
    times = per_image(stages, images)
    whole = min(stages.counts.get(WHOLE, 0), images)  # some belong to batches that nobody took
    _log.info(line(times) + (f"; {whole} of {images} images decoded whole" if whole else ""))
    advice = hint(times, str(loader.workers))
    if advice:
        _log.info(advice)
    log.record("data", {"epoch": epoch, **times, WHOLE: whole})
    stages.take()


def evaluation_profile(loader: Loader) -> Dict[str, float]:
    """Return the milliseconds per image of each stage of an evaluation, log them, and reset the counts.

    Returns:
        {} where times are not measured.
    """
    stages = loader.stages
    images = stages.counts.get("images", 0)
    if not stages.timed or not images:
        return {}
    stages.seconds.pop(TRAIN, None)  # what the consumer of a batch does with it is measured as `engine` and `metrics`
    times = per_image(stages, images)
    _log.info(line(times, "evaluation"))
    advice = hint(times, str(loader.workers))
    if advice:
        _log.info(advice)
    stages.take()
    return times
