# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`profile`: where the time of some training steps goes, by Paddle's profiler."""

from __future__ import annotations

import contextlib
import io
from typing import Any, Mapping

from ppclas_core.training.callbacks import Callback
from ppclas_core.training.run_state import Run

FIRST, LAST = 5, 15
"""Steps of this process that are profiled, the second excluded: the first ones warm up."""


class Profile(Callback):
    """Writes `profile/` into the run folder: a trace for chrome://tracing and a table, `summary.txt`."""

    def __init__(self) -> None:
        self._profiler: Any = None

    def on_train_begin(self, run: Run) -> None:
        """Start, on the first process."""
        if run.rank.number:
            return
        from paddle import profiler

        self._profiler = profiler.Profiler(scheduler=(FIRST, LAST), timer_only=False,
                                           on_trace_ready=profiler.export_chrome_tracing(str(run.folder / "profile")))
        self._profiler.start()
        self._steps = 0

    def on_step_end(self, run: Run, values: Mapping[str, float]) -> None:
        """Count, and stop when there is enough."""
        if self._profiler is None:
            return
        self._profiler.step()
        self._steps += 1
        if self._steps == LAST:
            self._finish(run)

    def on_train_end(self, run: Run) -> None:
        """A run that was shorter."""
        if self._profiler is not None:
            self._finish(run)

    def _finish(self, run: Run) -> None:
        profiler, self._profiler = self._profiler, None
        profiler.stop()
        if self._steps <= FIRST:
            run.log.say(f"profile: nothing to see, {self._steps} steps are fewer than the {FIRST} that warm up")
            return
        table = io.StringIO()
        with contextlib.redirect_stdout(table):
            profiler.summary(op_detail=True, thread_sep=False, time_unit="ms")
        folder = run.folder / "profile"
        (folder / "summary.txt").write_text(table.getvalue(), encoding="utf-8")
        run.log.say(f"profile of steps {FIRST} to {min(self._steps, LAST) - 1}: {folder / 'summary.txt'}, and a trace "
                    "for chrome://tracing beside it")
