# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Log of a run: lines on the console and in `train.log`, values as JSON in `metrics.jsonl`."""

from __future__ import annotations

import contextlib
import json
import logging
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, TextIO, Tuple

from ppclas_core.runs.folder import RunFolder
from ppclas_core.system import logging_setup
from ppclas_core.system.atomic import write_atomic
from ppclas_core.system.console import unescaped

if TYPE_CHECKING:
    from ppclas_core.metrics.metric import AnyMetric

_log = logging.getLogger(__name__)

FIRST_STEPS = 10
"""Number of steps of epoch 0 that are always logged."""


def train_line(values: Mapping[str, Any], metrics: Sequence[AnyMetric]) -> str:
    """Return `epoch:0 train step:3 loss: ...` of one step."""
    return (f"epoch:{values['epoch']} train step:{values['step']} loss: {values['loss']:7.4f} "
            f"{_metrics(values, metrics)} lr: {values['lr']:f} elapse: {values['seconds']:.3f} s")


def train_end_line(values: Mapping[str, Any], metrics: Sequence[AnyMetric]) -> str:
    """Return `END epoch:0 train loss_avg: ...` of one epoch."""
    return (f"END epoch:{values['epoch']} train loss_avg: {values['loss']:7.4f} {_metrics(values, metrics, '_avg')} "
            f"elapse_sum: {values['seconds']:.3f} s")


def eval_line(values: Mapping[str, Any], metrics: Sequence[AnyMetric]) -> str:
    """Return `eval step:3 loss: ...` of one batch."""
    return (f"eval step:{values['step']} loss: {values['loss']:7.4f} {_metrics(values, metrics)} "
            f"elapse: {values['seconds']:.3f} s")


def eval_end_line(values: Mapping[str, Any], metrics: Sequence[AnyMetric]) -> str:
    """Return `END eval loss_avg: ...` of one evaluation."""
    return (f"END eval loss_avg: {values['loss']:7.4f} {_metrics(values, metrics, '_avg')} "
            f"elapse_sum: {values['seconds']:.3f} s")


def best_line(metric: AnyMetric, value: float, epoch: int) -> str:
    """Return `The best top1 acc 0.97123, in epoch: 11`, without `acc` for a metric that is not an accuracy."""
    return f"The best {metric.label}{' acc' if metric.is_accuracy else ''} {value:.5f}, in epoch: {epoch}"


def _metrics(values: Mapping[str, Any], metrics: Sequence[AnyMetric], average: str = "") -> str:
    """Return `top1: 0.9000 top5: 1.0000`, with `average` appended to the label of each accuracy."""
    return " ".join(f"{metric.label}{average if metric.is_accuracy else ''}: {values[metric.name]:.4f}"
                    for metric in metrics)


class RunLog:
    """Log of one run: lines on the console and in `train.log`, records in `metrics.jsonl`, a progress bar.

    From its construction on it collects the lines of all loggers of core and plugins; lines from before `open` are
    written to `train.log` as well. When Python code trains without the command line, it prints the lines on the
    console. In ranks other than 0 it does nothing.

    Args:
        first: True in rank 0.
    """

    def __init__(self, *, first: bool = True) -> None:
        self._first = first
        self._records: Optional[TextIO] = None
        self._task: Any = None
        self._console: Optional[logging_setup.Console] = None
        self._file = logging_setup.LogFile()
        self._attached = contextlib.ExitStack()
        if first:
            self._console = self._attached.enter_context(logging_setup.console_logging())
            logging_setup.attach(self._file)
            self._attached.callback(logging_setup.detach, self._file)

    def open(self, folder: Path, *, position: Optional[Tuple[int, int]] = None) -> None:
        """Start to write to the files of the run folder, which is created if necessary.

        Args:
            folder: the run folder.
            position: (epoch, step) at which a resumed run continues. Steps at or after it are repeated, so their
                records are removed from `metrics.jsonl`.
        """
        if self._first:
            folder.mkdir(parents=True, exist_ok=True)
            files = RunFolder(folder)
            if position is not None:
                _drop_records(files.metrics, position)
            self._file.open(files.train_log)
            self._records = open(files.metrics, "a", encoding="utf-8")  # noqa: SIM115  open during the run

    def say(self, line: str) -> None:
        """Log one line; callbacks can also use a logger of their own module."""
        if self._first:
            _log.info("%s", line)

    def record(self, kind: str, values: Mapping[str, Any]) -> None:
        """Write one line of `metrics.jsonl`: `{"kind": "step" | "epoch" | "eval" | "data" | "eval_data", ...}`.

        Numbers that are not finite become null.
        """
        if self._records is None:
            return
        clean = {key: None if isinstance(value, float) and not math.isfinite(value) else value
                 for key, value in values.items()}
        try:
            self._records.write(json.dumps({"kind": kind, **clean}) + "\n")
            self._records.flush()
        except OSError as error:  # a full disk ends the training at its next checkpoint, not here
            self._records = None
            _log.warning("metrics.jsonl can no longer be written: %s", error.strerror or error)

    def start_progress(self, total: int, done: int) -> None:
        """Show a progress bar below the log lines if stderr is a terminal; `total` and `done` are numbers of steps."""
        if self._console is None or not sys.stderr.isatty():
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        bar = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
                       console=Console(file=unescaped(sys.stderr)), transient=True)
        bar.start()
        self._task = bar.add_task("training", total=total, completed=done)
        self._console.bar = bar

    def advance(self, done: int, note: str) -> None:
        """Update the progress bar, if there is one; `note` is the text before it."""
        if self._console is not None and self._console.bar is not None:
            self._console.bar.update(self._task, completed=done, description=note)

    def close(self) -> None:
        """Remove the progress bar, close the files and detach from the loggers."""
        if self._console is not None and self._console.bar is not None:
            bar, self._console.bar = self._console.bar, None
            bar.stop()
        self._attached.close()
        self._file.close()
        if self._records is not None:
            with contextlib.suppress(OSError):
                self._records.close()
            self._records = None


def read_records(folder: Path) -> List[Dict[str, Any]]:
    """Return the records of `metrics.jsonl` up to the first incomplete line, which a kill may leave at the end."""
    path = RunFolder(folder).metrics
    records = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            records.append(json.loads(line))
        except ValueError:
            break
    return records


def _drop_records(path: Path, position: Tuple[int, int]) -> None:
    """Remove the records at or after (epoch, step); the record of an epoch or evaluation comes after its steps."""
    kept = [record for record in read_records(path.parent)
            if (record.get("epoch", 0), record.get("step", -1) if record["kind"] == "step" else math.inf) < position]
    write_atomic(path, "".join(json.dumps(record) + "\n" for record in kept))
