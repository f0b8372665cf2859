# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Names of all files and folders of a run."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any, List, Mapping, Optional, Sequence, Union

from ppclas_core.config.config import Config
from ppclas_core.errors import UserError
from ppclas_core.runs.meta import META_FILE

BEST = "best_model"
LAST = "last"
TRAIN_LOG = "train.log"
METRICS = "metrics.jsonl"
REPORT = "report.json"
REPORT_PAGE = "report.html"
BAD_IMAGES = "bad_images.txt"
PROFILE = "profile"

PARAMETERS = "ppcls.pdparams"
OPTIMIZER = "ppcls.pdopt"
STATE = "state.json"
PREFIX = "ppcls"
"""Name of the files of a checkpoint without their suffixes; configs may contain it."""


def epoch_name(epoch: int) -> str:
    """Return the name of the checkpoint folder of an epoch, counted from 0."""
    return str(epoch)


def _is_epoch_name(name: str) -> bool:
    return name.isascii() and name.isdigit()


class CheckpointFolder:
    """Files of one checkpoint.

    Args:
        path: the folder; it need not exist.
    """

    def __init__(self, path: Union[str, Path]) -> None:
        self.path = Path(path)

    @property
    def parameters(self) -> Path:
        """Weights: a plain dict of arrays."""
        return self.path / PARAMETERS

    @property
    def optimizer(self) -> Path:
        """State of the optimizer, and with a moving average the raw weights."""
        return self.path / OPTIMIZER

    @property
    def state(self) -> Path:
        """Position, best metric and further state of the run; see `runs.progress`."""
        return self.path / STATE

    @property
    def meta(self) -> Path:
        """Config, labels and preprocessing."""
        return self.path / META_FILE

    @property
    def prefix(self) -> Path:
        """Path of the files without their suffixes."""
        return self.path / PREFIX

    @property
    def title(self) -> str:
        """Name in logs: `best checkpoint`, `last checkpoint`, or `latest checkpoint` for that of an epoch."""
        return {BEST: "best checkpoint", LAST: "last checkpoint"}.get(self.path.name, "latest checkpoint")

    def exists(self) -> bool:
        """Return whether the folder contains weights."""
        return self.parameters.is_file()


class RunFolder:
    """Folder of a run: `<model_save_dir>/<ARCHITECTURE.name>`.

    Args:
        path: the folder; it need not exist.
    """

    def __init__(self, path: Union[str, Path]) -> None:
        self.path = Path(path)

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> RunFolder:
        """Return the run folder of a config."""
        config = Config.of(config)
        return cls(Path(config.model_save_dir) / config.architecture.name.rpartition(":")[2])

    @property
    def best(self) -> CheckpointFolder:
        """Checkpoint with the best value of the monitored metric."""
        return CheckpointFolder(self.path / BEST)

    @property
    def last(self) -> CheckpointFolder:
        """Newest checkpoint, from which a run resumes."""
        return CheckpointFolder(self.path / LAST)

    def epoch(self, epoch: int) -> CheckpointFolder:
        """Return the checkpoint of an epoch."""
        return CheckpointFolder(self.path / epoch_name(epoch))

    def epochs(self) -> List[CheckpointFolder]:
        """Return the checkpoints of epochs, highest epoch first."""
        names = [entry.name for entry in self.path.iterdir()] if self.path.is_dir() else []
        return [CheckpointFolder(self.path / name)
                for name in sorted(filter(_is_epoch_name, names), key=int, reverse=True)]

    @property
    def train_log(self) -> Path:
        """Log lines with their times."""
        return self.path / TRAIN_LOG

    @property
    def metrics(self) -> Path:
        """Records of steps, epochs and evaluations, one JSON object per line."""
        return self.path / METRICS

    @property
    def report(self) -> Path:
        """Values of the report as JSON."""
        return self.path / REPORT

    @property
    def report_page(self) -> Path:
        """Report as an HTML page."""
        return self.path / REPORT_PAGE

    @property
    def bad_images(self) -> Path:
        """List of the training images that could not be used."""
        return self.path / BAD_IMAGES

    @property
    def profile(self) -> Path:
        """Folder of the output of Paddle's profiler."""
        return self.path / PROFILE

    @property
    def final(self) -> CheckpointFolder:
        """Best checkpoint, or the last one of a run without validation."""
        return self.best if self.best.path.is_dir() else self.last

    def checkpoint(self, prefer: Sequence[str] = (BEST, LAST)) -> Optional[CheckpointFolder]:
        """Return the first existing checkpoint: those of `prefer` in order, then the highest epoch; else None."""
        named = [CheckpointFolder(self.path / name) for name in prefer]
        return next((found for found in (*named, *self.epochs()) if found.exists()), None)

    def checkpoints(self) -> List[CheckpointFolder]:
        """Return all existing checkpoints: best, last, epochs."""
        return [found for found in (self.best, self.last, *self.epochs()) if found.exists()]

    def make(self) -> Optional[Path]:
        """Create an empty run folder; an earlier run is renamed to `<name>.1` or the next free number.

        Returns:
            New path of the earlier run; None if there was none.

        Raises:
            UserError: the folder cannot be created.
        """
        moved = None
        try:
            if self.path.exists() and any(self.path.iterdir()):
                numbered = (self.path.with_name(f"{self.path.name}.{number}") for number in itertools.count(1))
                moved = next(path for path in numbered if not path.exists())
                os.replace(self.path, moved)
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"cannot create the run folder: {error.strerror or error}", where=str(self.path),
                            do="set model_save_dir to a folder that can be written") from error
        return moved
