# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`profile`: where the time of some training steps goes, by Paddle's profiler."""

from __future__ import annotations

import contextlib
import io
import logging
from typing import TYPE_CHECKING, Any, Mapping

from ppclas_core.training.callbacks import Callback

if TYPE_CHECKING:
    from ppclas_core.training.trainer import Trainer

_log = logging.getLogger(__name__)

FIRST, LAST = 5, 15
"""Steps of this process that are profiled, the second excluded: the first ones warm up."""


class Profile(Callback):
    """Writes `profile/` into the run folder: a trace for chrome://tracing and a table, `summary.txt`."""

    def __init__(self) -> None:
        self._profiler: Any = None

    def on_train_begin(self, run: Trainer) -> None:
        """Start, on the first process."""
        if run.rank.number:
            return
        from paddle import profiler

        self._profiler = profiler.Profiler(scheduler=(FIRST, LAST), timer_only=False,
                                           on_trace_ready=profiler.export_chrome_tracing(str(run.folder / "profile")))
        self._profiler.start()
        self._steps = 0

    def on_step_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        """Count the step, and finish after the last one that is profiled."""
        if self._profiler is None:
            return
        self._profiler.step()
        self._steps += 1
        if self._steps == LAST:
            self._finish(run)

    def on_train_end(self, run: Trainer) -> None:
        """Finish the profile of a run with fewer steps."""
        if self._profiler is not None:
            self._finish(run)

    def _finish(self, run: Trainer) -> None:
        profiler, self._profiler = self._profiler, None
        profiler.stop()
        if self._steps <= FIRST:
            _log.info("profile: nothing to see, %d steps are fewer than the %d that warm up", self._steps, FIRST)
            return
        table = io.StringIO()
        with contextlib.redirect_stdout(table):
            profiler.summary(op_detail=True, thread_sep=False, time_unit="ms")
        folder = run.folder / "profile"
        (folder / "summary.txt").write_text(table.getvalue(), encoding="utf-8")
        _log.info("profile of steps %d to %d: %s, and a trace for chrome://tracing beside it", FIRST,
                  min(self._steps, LAST) - 1, folder / "summary.txt")
