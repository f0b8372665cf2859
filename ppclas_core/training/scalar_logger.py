# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Base class of callbacks that log scalar curves."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Mapping, Optional

from ppclas_core.system.paths import PathText
from ppclas_core.training.callbacks import Callback

if TYPE_CHECKING:
    from ppclas_core.training.trainer import Trainer

_log = logging.getLogger(__name__)


class ScalarLogger(Callback):
    """Callback that passes loss, learning rate and metrics of training, and loss and metrics of evaluations, to `add`.

    The x axis is the optimizer step of the whole run, so the curves of steps, epochs and evaluations are aligned. Only
    rank 0 logs. If the log cannot be written, a warning is logged once and the log is disabled. A subclass implements
    `open`, `add` and `close`; each may raise OSError.

    Args:
        logdir: folder of the log; default: `default_folder` in the run folder.
        interval: number of steps between two points of the training curves.
    """

    default_folder = "log"

    def __init__(self, logdir: Optional[PathText] = None, interval: int = 10) -> None:
        self._logdir = logdir
        self._interval = max(interval, 1)
        self._open = False
        self._failed = False

    def open(self, folder: Path, first_step: int) -> None:
        """Open the log in `folder`; steps from `first_step` on will be added again if an interrupted run added them."""
        raise NotImplementedError  # not abstract, as existing subclasses may lack a method that they do not use

    def add(self, name: str, value: float, step: int) -> None:
        """Add a point to the curve `name`."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the log."""
        raise NotImplementedError

    def on_train_begin(self, run: Trainer) -> None:
        """Open the log in rank 0."""
        if run.rank.number == 0:
            folder = Path(self._logdir) if self._logdir else run.folder / self.default_folder
            step = run.progress.epoch * run.steps_per_epoch + run.progress.step
            self._try(lambda: self.open(folder, step))
            self._open = not self._failed

    def on_step_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        """Add points to the curves `train/...`, every `interval` steps."""
        step = int(values["epoch"]) * run.steps_per_epoch + int(values["step"])
        if step % self._interval == 0:
            self._add_all(run, "train", values, step)

    def on_epoch_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        """Add points to the curves `epoch/...`."""
        step = (int(values["epoch"]) + 1) * run.steps_per_epoch
        self._add_all(run, "epoch", values, step)

    def on_eval_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        """Add points to the curves `eval/...`."""
        step = (int(values["epoch"]) + 1) * run.steps_per_epoch
        self._add_all(run, "eval", values, step)

    def on_train_end(self, run: Trainer) -> None:
        """Close the log."""
        if self._open:
            self._try(self.close)
            self._open = False

    def _add_all(self, run: Trainer, group: str, values: Mapping[str, float], step: int) -> None:
        labels = {"loss": "loss", **{each.name: each.label for each in run.shown_in_evaluations},
                  **{each.name: each.label for each in run.shown_in_steps}, "lr": "lr"}

        def send() -> None:
            for name, label in labels.items():
                if name in values:
                    self.add(f"{group}/{label}", float(values[name]), step)

        if self._open:
            self._try(send)

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except OSError as error:
            self._failed, self._open = True, False
            _log.warning("%s can no longer write: %s", type(self).__name__, error.strerror or error)
