# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What a run says of the time that its data takes; silent unless `profile_data` is set."""

from __future__ import annotations

from typing import Callable, Dict

from ppclas_core.data.fused import WHOLE
from ppclas_core.data.loader import Loader
from ppclas_core.data.timing import TRAIN, hint, line, per_image
from ppclas_core.runs.log import RunLog


def tell_profile(loader: Loader, log: RunLog) -> None:
    """One log line: milliseconds per image so far in this epoch."""
    if loader.stages.timed and loader.stages.counts.get("images"):
        log.say(line(per_image(loader.stages, loader.stages.counts["images"])))


def record_profile(loader: Loader, log: RunLog, epoch: int) -> None:
    """The same of a whole epoch, also for the report, with a hint where training waits for data; counts start anew."""
    stages = loader.stages
    images = stages.counts.get("images", 0)
    if not stages.timed or not images:
        return
    figures = per_image(stages, images)
    whole = min(stages.counts.get(WHOLE, 0), images)  # some belong to batches that nobody took
    log.say(line(figures) + (f"; {whole} of {images} images decoded whole" if whole else ""))
    advice = hint(figures, str(loader.workers))
    if advice:
        log.say(advice)
    log.record("data", {"epoch": epoch, **figures, WHOLE: whole})
    stages.take()


def evaluation_profile(loader: Loader, say: Callable[[str], None]) -> Dict[str, float]:
    """Milliseconds per image of each stage of an evaluation that ended, told in a line, with a hint where it waited for
    data; {} where none are measured. Counts start anew."""
    stages = loader.stages
    images = stages.counts.get("images", 0)
    if not stages.timed or not images:
        return {}
    stages.seconds.pop(TRAIN, None)  # what the consumer of a batch does with it; here `engine` and `metrics` tell
    figures = per_image(stages, images)
    say(line(figures, "evaluation"))
    advice = hint(figures, str(loader.workers))
    if advice:
        say(advice)
    stages.take()
    return figures
