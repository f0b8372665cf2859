# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`train`: from a config to a run folder."""

from __future__ import annotations

import logging
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple, Optional, Sequence

from ppclas_core.checks.output_folders import check_output_folders
from ppclas_core.config.config import Config
from ppclas_core.config.task_rules import monitor_of
from ppclas_core.data.from_config import settle_classes
from ppclas_core.runs.checkpoint import recover
from ppclas_core.runs.folder import RunFolder
from ppclas_core.runs.lock import locked
from ppclas_core.runs.log import RunLog
from ppclas_core.runs.progress import Progress
from ppclas_core.system import console
from ppclas_core.system.rank import rank_from_environment
from ppclas_core.system.signals import Interrupted
from ppclas_core.training.distributed.collectives import wait_for_all
from ppclas_core.training.distributed.lost_ranks import telling_lost_processes
from ppclas_core.training.early_stop import is_over
from ppclas_core.training.resume import find_start

_log = logging.getLogger(__name__)


class TrainResult(NamedTuple):
    """What a training came to.

    Args:
        run_dir: the run folder.
        best: best value of the monitored metric; None without validation.
        epochs: epochs done; seconds: wall time of training and evaluation.
        monitor: name of the monitored metric.
    """

    run_dir: Path
    best: Optional[float]
    epochs: int
    seconds: float
    monitor: str = "top1"

    @property
    def best_top1(self) -> Optional[float]:
        """The best value where it is a top-1 accuracy, else None."""
        return self.best if self.monitor == "top1" else None

    @property
    def best_map(self) -> Optional[float]:
        """The best value where it is a mean average precision, else None."""
        return self.best if self.monitor == "mAP" else None


def train(config: Config, *, resume: bool = False, allow: Sequence[str] = ()) -> TrainResult:
    """Train as a config says.

    Args:
        config: of `load_config`.
        resume: continue the last run of this config exactly; a finished one is left as it is.
        allow: config keys that may differ from those of the run that is resumed.

    Raises:
        UserError: something in the config, the data or the weights that the user can fix.
        Interrupted: Ctrl-C, SIGTERM or SIGHUP, after the step was finished and a checkpoint written.
    """
    config.require("TRAIN", "LEARNING_RATE", "epochs")
    check_output_folders(config)
    config = settle_classes(config)
    run_folder, rank = RunFolder.of(config), rank_from_environment()
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
            return trained(config, start.folder.parent, start.progress)
        from ppclas_core.training.trainer import Trainer  # Paddle, once the config can be used

        trainer = Trainer.from_config(config, start, folder, rank, log)
        with trainer.stop, warnings.catch_warnings(), telling_lost_processes(folder, rank):
            warnings.filterwarnings("ignore", message="When training, we now always track global mean")
            trainer.fit()
            wait_for_all(rank)
    progress, signum = trainer.progress, trainer.stop.signum
    if signum is not None and not progress.finished:
        raise Interrupted(signum, f"interrupted at epoch {progress.epoch} step {progress.step}; the checkpoint is "
                          f"{run_folder.last.path}\n  the same command with --resume continues there")
    return trained(config, folder, progress)


def trained(config: Config, folder: Path, progress: Progress) -> TrainResult:
    """Return what a run came to, by the progress of its last checkpoint."""
    best = progress.best if progress.best_epoch >= 0 else None
    return TrainResult(folder, best, progress.epoch, progress.seconds, monitor_of(config))
