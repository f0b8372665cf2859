# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Every file and folder name of a run: `RunFolder`, and `CheckpointFolder` for the checkpoints in it."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any, List, Mapping, Optional, Sequence, Union

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
"""Name of a checkpoint's files without their endings, as a config may give it."""


def epoch_name(epoch: int) -> str:
    """Return the name of the checkpoint folder of an epoch, counted from 0."""
    return str(epoch)


def _is_epoch_name(name: str) -> bool:
    return name.isascii() and name.isdigit()


class CheckpointFolder:
    """The files of one checkpoint.

    Args:
        path: the folder, which need not exist.
    """

    def __init__(self, path: Union[str, Path]) -> None:
        self.path = Path(path)

    @property
    def parameters(self) -> Path:
        """The weights: a plain dict of arrays."""
        return self.path / PARAMETERS

    @property
    def optimizer(self) -> Path:
        """The state of the optimizer, and the moving average where there is one."""
        return self.path / OPTIMIZER

    @property
    def state(self) -> Path:
        """Position, metrics and random generators."""
        return self.path / STATE

    @property
    def meta(self) -> Path:
        """Config, labels and preprocessing."""
        return self.path / META_FILE

    @property
    def prefix(self) -> Path:
        """The common start of the file names."""
        return self.path / PREFIX

    @property
    def title(self) -> str:
        """What a log calls it: `best checkpoint`, `last checkpoint`, `latest checkpoint` of an epoch."""
        return {BEST: "best checkpoint", LAST: "last checkpoint"}.get(self.path.name, "latest checkpoint")

    def exists(self) -> bool:
        """Return whether the folder holds weights."""
        return self.parameters.is_file()


class RunFolder:
    """The folder of a run: `<model_save_dir>/<ARCHITECTURE.name>`.

    Args:
        path: the folder, which need not exist.
    """

    def __init__(self, path: Union[str, Path]) -> None:
        self.path = Path(path)

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> RunFolder:
        """Return the folder in which a config trains."""
        return cls(Path(config["model_save_dir"]) / config["ARCHITECTURE"]["name"].rpartition(":")[2])

    @property
    def best(self) -> CheckpointFolder:
        """The checkpoint with the best value of the monitored metric."""
        return CheckpointFolder(self.path / BEST)

    @property
    def last(self) -> CheckpointFolder:
        """The newest checkpoint, from which a run resumes."""
        return CheckpointFolder(self.path / LAST)

    def epoch(self, epoch: int) -> CheckpointFolder:
        """Return the checkpoint that was kept of an epoch."""
        return CheckpointFolder(self.path / epoch_name(epoch))

    def epochs(self) -> List[CheckpointFolder]:
        """Return the kept epochs, the highest first."""
        names = [entry.name for entry in self.path.iterdir()] if self.path.is_dir() else []
        return [CheckpointFolder(self.path / name)
                for name in sorted(filter(_is_epoch_name, names), key=int, reverse=True)]

    @property
    def train_log(self) -> Path:
        """The log lines with their times."""
        return self.path / TRAIN_LOG

    @property
    def metrics(self) -> Path:
        """The records of steps, epochs and evaluations, one JSON object a line."""
        return self.path / METRICS

    @property
    def report(self) -> Path:
        """The values of the report as JSON."""
        return self.path / REPORT

    @property
    def report_page(self) -> Path:
        """The report as a page."""
        return self.path / REPORT_PAGE

    @property
    def bad_images(self) -> Path:
        """The training images that could not be used."""
        return self.path / BAD_IMAGES

    @property
    def profile(self) -> Path:
        """What Paddle's profiler writes."""
        return self.path / PROFILE

    @property
    def final(self) -> CheckpointFolder:
        """The best checkpoint, or the last one of a run that was never validated."""
        return self.best if self.best.path.is_dir() else self.last

    def checkpoint(self, prefer: Sequence[str] = (BEST, LAST)) -> Optional[CheckpointFolder]:
        """Return the first checkpoint that exists: those of `prefer` in their order, then the highest epoch."""
        named = [CheckpointFolder(self.path / name) for name in prefer]
        return next((found for found in (*named, *self.epochs()) if found.exists()), None)

    def checkpoints(self) -> List[CheckpointFolder]:
        """Return all checkpoints that exist."""
        return [found for found in (self.best, self.last, *self.epochs()) if found.exists()]

    def make(self) -> Optional[Path]:
        """Make an empty run folder; an earlier run is renamed to `<name>.1` or the next free number.

        Returns:
            The new path of the earlier run, None when there was none.

        Raises:
            UserError: the folder cannot be made.
        """
        moved = None
        try:
            if self.path.exists() and any(self.path.iterdir()):
                numbered = (self.path.with_name(f"{self.path.name}.{number}") for number in itertools.count(1))
                moved = next(path for path in numbered if not path.exists())
                os.replace(self.path, moved)
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"cannot make the run folder: {error.strerror or error}", where=str(self.path),
                            do="set model_save_dir to a folder that can be written") from error
        return moved
