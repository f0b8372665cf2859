# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Train a config: the function `train`, whose result is a run folder."""

from __future__ import annotations

import importlib
import logging
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Dict, NamedTuple, Optional, Sequence

import ppclas_core
from ppclas_core.checks.output_folders import check_output_folders
from ppclas_core.config.config import Config, not_a_config
from ppclas_core.config.task_rules import monitor_of
from ppclas_core.data.from_config import settle_classes
from ppclas_core.errors import UserError
from ppclas_core.runs.checkpoint import recover
from ppclas_core.runs.curves import Curves, read_best_metrics, read_curves
from ppclas_core.runs.folder import RunFolder
from ppclas_core.runs.lock import locked
from ppclas_core.runs.log import RunLog
from ppclas_core.runs.progress import Progress
from ppclas_core.system import console
from ppclas_core.system.rank import rank_from_environment
from ppclas_core.system.signals import Interrupted
from ppclas_core.training.callbacks import Callback
from ppclas_core.training.check_callback import check_callbacks
from ppclas_core.training.distributed.collectives import wait_for_all
from ppclas_core.training.distributed.lost_ranks import lost_rank_errors
from ppclas_core.training.early_stop import is_over
from ppclas_core.training.resume import find_start

if TYPE_CHECKING:
    from ppclas_core.predict import Predictor

_log = logging.getLogger(__name__)


class TrainResult(NamedTuple):
    """Result of a training.

    Args:
        run_dir: run folder.
        best: best value of the monitored metric; None without validation.
        epochs: number of trained epochs.
        seconds: wall time of training and evaluation.
        monitor: name of the monitored metric.
        config: config of the training.
    """

    run_dir: Path
    best: Optional[float]
    epochs: int
    seconds: float
    monitor: str = "top1"
    config: Optional[Config] = None

    @property
    def folder(self) -> Path:
        """Run folder, `run_dir`."""
        return self.run_dir

    @property
    def metrics(self) -> Dict[str, float]:
        """Validation metrics of the best checkpoint, such as `loss` and `top1`; {} without validation."""
        return read_best_metrics(self.run_dir)

    @property
    def curves(self) -> Curves:
        """Name -> list with a value for each epoch: `epoch`, `loss`, `top1`, `lr`, `val_loss`, `val_top1`, ..."""
        return read_curves(self.run_dir)

    def predictor(self) -> Predictor:
        """Return a predictor with the best checkpoint."""
        return ppclas_core.Predictor(self.run_dir)

    def report(self) -> Path:
        """Evaluate the best checkpoint, write `report.html` and `report.json`, and return the path of the page."""
        reports = importlib.import_module("ppclas_core.report.run_report")  # by its name: the layer above
        reports.write_run_report(self.config or reports.config_of_run(self.run_dir), self)
        return RunFolder(self.run_dir).report_page

    @property
    def best_top1(self) -> Optional[float]:
        """Best value if it is a top-1 accuracy, else None."""
        return self.best if self.monitor == "top1" else None

    @property
    def best_map(self) -> Optional[float]:
        """Best value if it is a mean average precision, else None."""
        return self.best if self.monitor == "mAP" else None


def train(config: Config, *, resume: bool = False, allow: Sequence[str] = (),
          callbacks: Sequence[Callback] = ()) -> TrainResult:
    """Train a config.

    Args:
        config: result of `load_config`.
        resume: continue the last run of this config exactly; a finished run is not changed.
        allow: config keys or sections that may differ from those of the run that is resumed.
        callbacks: objects of `ppclas_core.Callback`, called after the callbacks of the config. The run does
            not record them: give them again to resume. With several processes each one calls its own.

    Raises:
        UserError: the config, the data or the weights have an error, or a callback has another class or a method that
            is never called.
        Interrupted: Ctrl-C, SIGTERM or SIGHUP; the current step is completed and a checkpoint is written first.
    """
    if not isinstance(config, Config):
        raise not_a_config(config, "train")
    if not isinstance(resume, bool):
        raise UserError(f"resume is {resume!r}; it must be True or False",
                        do="resume=True continues the last run of this config")
    config.require("TRAIN", "LEARNING_RATE", "epochs")
    check_callbacks(callbacks)
    check_output_folders(config)
    config = settle_classes(config)
    run_folder = RunFolder.of(config)
    rank = rank_from_environment()
    folder = run_folder.path
    with ExitStack() as stack:
        stack.enter_context(console.guarded_streams(optional=True))
        if rank.number == 0:
            stack.enter_context(locked(folder))
        log = RunLog(first=rank.number == 0)
        stack.callback(log.close)
        if rank.number == 0:
            recover(folder)
        start = find_start(config, run_folder, resume=resume, allow=allow, processes=rank.world)
        if start.folder is not None and (reason := is_over(config, start.progress)):
            _log.info("%s is finished: %s", start.folder.parent, reason)
            return train_result(config, start.folder.parent, start.progress)
        from ppclas_core.training.trainer import Trainer  # imports Paddle, which a config with an error does not need

        trainer = Trainer.from_config(config, start, folder, rank, log, callbacks)
        with trainer.stop_request, warnings.catch_warnings(), lost_rank_errors(folder, rank):
            warnings.filterwarnings("ignore", message="When training, we now always track global mean")
            trainer.fit()
            wait_for_all(rank)
    progress = trainer.progress
    signum = trainer.stop_request.signum
    if signum is not None and not progress.finished:
        raise Interrupted(signum, f"interrupted at epoch {progress.epoch} step {progress.step}; the checkpoint is "
                          f"{run_folder.last.path}\n  the same command with --resume continues there")
    return train_result(config, folder, progress)


def train_result(config: Config, folder: Path, progress: Progress) -> TrainResult:
    """Return the result of a run with the progress of its last checkpoint."""
    best = progress.best if progress.best_epoch >= 0 else None
    return TrainResult(folder, best, progress.epoch, progress.seconds, monitor_of(config), config)
