# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Base class of loggers of scalar curves."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Mapping, Optional

from ppclas_core.system.paths import PathText
from ppclas_core.training.callbacks import Callback

if TYPE_CHECKING:
    from ppclas_core.training.trainer import Trainer

_log = logging.getLogger(__name__)


class ScalarLogger(Callback):
    """Callback that passes loss, metrics and learning rate of training and metrics of evaluations to `add`.

    The x axis is the optimizer step of the whole run, so the curves of steps, epochs and evaluations are
    aligned. Only rank 0 logs. A log that cannot be written is reported once and disabled.

    Args:
        logdir: folder of the log; left out: `default_folder` in the run folder.
        interval: steps between two points of the training curves.
    """

    default_folder = "log"

    def __init__(self, logdir: Optional[PathText] = None, interval: int = 10) -> None:
        self._logdir, self._interval = logdir, max(interval, 1)
        self._open = False

    def open(self, folder: Path, first_step: int) -> None:
        """Start writing; points at or after `first_step` that an interrupted run left are done again."""
        raise NotImplementedError  # not abstract: subclasses of others need not define what they never call

    def add(self, name: str, value: float, step: int) -> None:
        """Add a point to a curve."""
        raise NotImplementedError

    def close(self) -> None:
        """Finish writing."""
        raise NotImplementedError

    def on_train_begin(self, run: Trainer) -> None:
        if run.rank.number == 0:
            folder = Path(self._logdir) if self._logdir else run.folder / self.default_folder
            step = run.progress.epoch * run.steps_per_epoch + run.progress.step
            self._try(run, lambda: self.open(folder, step))
            self._open = not self._failed

    def on_step_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        step = int(values["epoch"]) * run.steps_per_epoch + int(values["step"])
        if step % self._interval == 0:
            self._add_all(run, "train", values, step)

    def on_epoch_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        step = (int(values["epoch"]) + 1) * run.steps_per_epoch
        self._add_all(run, "epoch", values, step)

    def on_eval_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        step = (int(values["epoch"]) + 1) * run.steps_per_epoch
        self._add_all(run, "eval", values, step)

    def on_train_end(self, run: Trainer) -> None:
        if self._open:
            self._try(run, self.close)
            self._open = False

    _failed = False

    def _add_all(self, run: Trainer, group: str, values: Mapping[str, float], step: int) -> None:
        labels = {"loss": "loss", **{each.name: each.label for each in run.shown_in_evaluations},
                  **{each.name: each.label for each in run.shown_in_steps}, "lr": "lr"}

        def send() -> None:
            for name, label in labels.items():
                if name in values:
                    self.add(f"{group}/{label}", float(values[name]), step)

        if self._open:
            self._try(run, send)

    def _try(self, run: Trainer, action: Any) -> None:
        try:
            action()
        except OSError as error:
            self._failed, self._open = True, False
            _log.warning("%s can no longer write: %s", type(self).__name__, error.strerror or error)
