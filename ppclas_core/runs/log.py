# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What a run says: the lines of 2020 on the console and in `train.log`, the same as JSON in `metrics.jsonl`."""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, TextIO, Tuple

from ppclas_core.system import console
from ppclas_core.system.text import printable

FIRST_STEPS = 10
"""Steps of epoch 0 that are always logged."""


def train_line(values: Mapping[str, Any], k: int) -> str:
    """`epoch:0 train step:3 loss: ...` of one step."""
    return (f"epoch:{values['epoch']} train step:{values['step']} loss: {values['loss']:7.4f} "
            f"{_figures(values, k)} lr: {values['lr']:f} elapse: {values['seconds']:.3f} s")


def train_end_line(values: Mapping[str, Any], k: int) -> str:
    """`END epoch:0 train loss_avg: ...` of one epoch."""
    return (f"END epoch:{values['epoch']} train loss_avg: {values['loss']:7.4f} {_figures(values, k, '_avg')} "
            f"elapse_sum: {values['seconds']:.3f} s")


def eval_line(values: Mapping[str, Any], k: int) -> str:
    """`eval step:3 loss: ...` of one batch."""
    return (f"eval step:{values['step']} loss: {values['loss']:7.4f} {_figures(values, k)} "
            f"elapse: {values['seconds']:.3f} s")


def eval_end_line(values: Mapping[str, Any], k: int) -> str:
    """`END eval loss_avg: ...` of one evaluation."""
    return (f"END eval loss_avg: {values['loss']:7.4f} {_figures(values, k, '_avg')} "
            f"elapse_sum: {values['seconds']:.3f} s")


def best_line(figure: str, value: float, epoch: int) -> str:
    """`The best top1 acc 0.97123, in epoch: 11`; of another figure than top1 `The best mAP 0.97123, ...`."""
    return f"The best {figure}{' acc' if figure == 'top1' else ''} {value:.5f}, in epoch: {epoch}"


def _figures(values: Mapping[str, Any], k: int, average: str = "") -> str:
    """`top1: 0.9000 top5: 1.0000`, or those of several labels per image that are there: `mAP: 0.8000 f1: 0.7000`."""
    if "top1" in values:
        return f"top1{average}: {values['top1']:.4f} top{k}{average}: {values['topk']:.4f}"
    return " ".join(f"{name}: {values[name]:.4f}" for name in ("mAP", "f1", "macro_f1") if name in values)


class Log:
    """Writes lines and records; silent on every process but the first.

    Args:
        folder: the run folder, or None to write to the console only.
        speaks: False for the further processes of a distributed run.
        quiet: no lines on the console (files are still written).
        position: (epoch, step) that a resumed run continues from; records at or after it belong to steps that are
            done again and are dropped from `metrics.jsonl`.
    """

    def __init__(
        self,
        folder: Optional[Path] = None,
        *,
        speaks: bool = True,
        quiet: bool = False,
        position: Optional[Tuple[int, int]] = None,
    ) -> None:
        self._console: Optional[TextIO] = sys.stderr if speaks and not quiet else None
        self._text: Optional[TextIO] = None
        self._records: Optional[TextIO] = None
        self._lost_console = False
        self._bar: Any = None
        self._task: Any = None
        if folder is not None and speaks:
            folder.mkdir(parents=True, exist_ok=True)
            if position is not None:
                _drop_records(folder / "metrics.jsonl", position)
            self._text = open(folder / "train.log", "a", encoding="utf-8")  # noqa: SIM115
            self._records = open(folder / "metrics.jsonl", "a", encoding="utf-8")  # noqa: SIM115

    def say(self, line: str) -> None:
        """One line on the console and, with its time, in `train.log`; names in it cannot steer a terminal."""
        line = printable(line)
        if self._bar is not None:
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
        elif self._console is not None:
            print(line, file=self._console, flush=True)
        self._write_line(line)
        lost = console.loss(self._console)
        if lost is not None and not self._lost_console:
            self._lost_console = True
            self._write_line(f"the console can no longer be written ({lost}); training continues and logs here")

    def record(self, kind: str, values: Mapping[str, Any]) -> None:
        """One line of `metrics.jsonl`: `{"kind": "step" | "epoch" | "eval" | "data" | "eval_data", ...}`; a non-finite
        number is null."""
        if self._records is not None:
            clean = {key: None if isinstance(value, float) and not math.isfinite(value) else value
                     for key, value in values.items()}
            self._write(self._records, json.dumps({"kind": kind, **clean}) + "\n")

    def _write_line(self, line: str) -> None:
        """Write a line with its time to `train.log`."""
        self._write(self._text, f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}\n")

    def _write(self, file: Optional[TextIO], text: str) -> None:
        """A log that cannot be written is told once and given up: whether training can go on, checkpoints decide."""
        if file is None:
            return
        try:
            file.write(text)
            file.flush()
        except OSError as error:
            self._text = self._records = None
            self.say(f"the log files can no longer be written: {error.strerror or error}")

    def start_progress(self, total: int, done: int) -> None:
        """A live bar with the time left, only where stderr is a terminal; the lines scroll above it."""
        if self._console is None or not self._console.isatty():
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
                             console=Console(stderr=True), transient=True)
        self._bar.start()
        self._task = self._bar.add_task("training", total=total, completed=done)

    def advance(self, done: int, note: str) -> None:
        """Move the bar, if there is one."""
        if self._bar is not None:
            self._bar.update(self._task, completed=done, description=note)

    def close(self) -> None:
        """Take the bar away and close the files."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        for file in (self._text, self._records):
            if file is not None:
                file.close()
        self._text = self._records = None


def read_records(folder: Path) -> List[Dict[str, Any]]:
    """The records of `metrics.jsonl`; a last line that a kill cut short is left out."""
    path = folder / "metrics.jsonl"
    records = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            records.append(json.loads(line))
        except ValueError:
            break
    return records


def _drop_records(path: Path, position: Tuple[int, int]) -> None:
    kept = [record for record in read_records(path.parent)
            if (record.get("epoch", 0), record.get("step", -1) if record["kind"] == "step" else math.inf) < position]
    path.write_text("".join(json.dumps(record) + "\n" for record in kept), encoding="utf-8")
