# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Profile of some training steps by Paddle's profiler: the config key `profile`."""

from __future__ import annotations

import contextlib
import io
import logging
from typing import TYPE_CHECKING, Mapping, Optional

from ppclas_core.training.callbacks import Callback

if TYPE_CHECKING:
    from paddle.profiler import Profiler

    from ppclas_core.training.trainer import Trainer

_log = logging.getLogger(__name__)

FIRST, LAST = 5, 15
"""Profiled steps of this process, from `FIRST` to `LAST` - 1; earlier steps are warm-up."""


class Profile(Callback):
    """Callback that writes a trace for chrome://tracing and the table `summary.txt` to `profile/` in the run folder."""

    def __init__(self) -> None:
        self._profiler: Optional[Profiler] = None
        self._steps = 0

    def on_train_begin(self, run: Trainer) -> None:
        """Start the profiler in rank 0."""
        if run.rank.number:
            return
        from paddle import profiler

        self._profiler = profiler.Profiler(scheduler=(FIRST, LAST), timer_only=False,
                                           on_trace_ready=profiler.export_chrome_tracing(str(run.folder / "profile")))
        self._profiler.start()
        self._steps = 0

    def on_step_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        """Count the step; write the profile after the last profiled step."""
        if self._profiler is None:
            return
        self._profiler.step()
        self._steps += 1
        if self._steps == LAST:
            self._finish(self._profiler, run)

    def on_train_end(self, run: Trainer) -> None:
        """Write the profile of a run with fewer steps."""
        if self._profiler is not None:
            self._finish(self._profiler, run)

    def _finish(self, profiler: Profiler, run: Trainer) -> None:
        self._profiler = None
        profiler.stop()
        if self._steps <= FIRST:
            _log.info("profile: empty, as the run has %d steps and the first %d are warm-up", self._steps, FIRST)
            return
        table = io.StringIO()
        with contextlib.redirect_stdout(table):
            profiler.summary(op_detail=True, thread_sep=False, time_unit="ms")
        folder = run.folder / "profile"
        (folder / "summary.txt").write_text(table.getvalue(), encoding="utf-8")
        _log.info("profile of steps %d to %d: %s, with a trace for chrome://tracing beside it", FIRST,
                  min(self._steps, LAST) - 1, folder / "summary.txt")
