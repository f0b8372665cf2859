# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Results of a search: rows of trials, the table on the terminal, `results.csv` and `best.yaml`."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

from optuna.study import Study
from optuna.trial import TrialState

from ppclas_core.runs import RunFolder
from ppclas_core.system import one_line, write_atomic
from ppclas_search.dimension import settings_of
from ppclas_search.loop import point_of
from ppclas_search.sampler import objective_of
from ppclas_search.space import Space
from ppclas_search.study import RESULT, folder_name, live_trials
from ppclas_search.trial_config import Source, write_config

STATES = {TrialState.COMPLETE: "done", TrialState.PRUNED: "given up", TrialState.FAIL: "failed",
          TrialState.RUNNING: "running", TrialState.WAITING: "waiting"}


@dataclass(frozen=True)
class Row:
    """Result of one trial.

    Args:
        number: number of the trial.
        state: see `STATES`.
        value: best value of the objective, also of a pruned trial; None if it has none.
        best_epoch: epoch of `value`.
        epochs: number of reported evaluations.
        seconds: duration of the last process of the trial.
        params: the point.
        folder: name of its folder below `trials`.
        reason: reason of its failure; "" if it did not fail.
    """

    number: int
    state: str
    value: Optional[float]
    best_epoch: Optional[int]
    epochs: int
    seconds: Optional[float]
    params: Mapping[str, Any]
    folder: str
    reason: str = ""


def rows_of(study: Study, space: Space) -> List[Row]:
    """Return the rows of all trials, in the order of their numbers."""
    rows = []
    for trial in live_trials(study):
        result = trial.user_attrs.get(RESULT, {})
        rows.append(Row(trial.number, STATES[trial.state], objective_of(trial, space), result.get("best_epoch"),
                        result.get("epochs", 0), result.get("seconds"), dict(point_of(trial)), folder_name(trial),
                        trial.user_attrs.get("reason", "")))
    return rows


def ranked(rows: Sequence[Row], space: Space) -> List[Row]:
    """Return the finished trials, best first, then the pruned ones."""
    sign = -1.0 if space.maximize else 1.0
    valued = [row for row in rows if row.value is not None]
    return sorted(valued, key=lambda row: (row.state != "done", sign * (row.value or 0.0), row.number))


def write_csv(path: Path, rows: Sequence[Row], space: Space) -> None:
    """Write one line per trial, in the order of `rows`, with a column per key."""
    text = io.StringIO()
    names = [item.name for item in space.dimensions]
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["trial", "state", space.objective, "best_epoch", "epochs", "seconds", *names, "folder", "reason"])
    for row in rows:
        table.writerow([row.number, row.state, "" if row.value is None else f"{row.value:.6f}", row.best_epoch,
                        row.epochs, row.seconds, *(row.params.get(name) for name in names), row.folder, row.reason])
    write_atomic(path, text.getvalue())


def write_best(path: Path, rows: Sequence[Row], source: Source) -> Optional[Row]:
    """Write the config of the best finished trial, and return that trial; None if no trial is finished."""
    best = next((row for row in ranked(rows, source.space) if row.state == "done"), None)
    if best is None:
        return None
    space = source.space
    repeat = sum(row.params == best.params and row.number < best.number for row in rows)
    settings = settings_of(space.dimensions, best.params)
    write_config(path, source.config_at(best.params, repeat).to_dict(), [
        f"Best of {sum(row.state == 'done' for row in rows)} finished trials of {space.path.name}: "
        f"trial {best.number}, {space.objective} {best.value:.5f} in epoch {best.best_epoch}.",
        *(f"  {key} = {value}" for key, value in settings.items())])
    return best


def print_table(rows: Sequence[Row], space: Space, count: int = 10) -> None:
    """Print the `count` best trials to stdout; print nothing if no trial has a value yet."""
    if not ranked(rows, space):
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{space.name}: the best of {len(rows)} trials", title_justify="left")
    for name in ("trial", space.objective, "epoch"):
        table.add_column(name, justify="right")
    shown = [item.name for item in space.dimensions]
    for name in shown:
        table.add_column(name, overflow="fold")
    table.add_column("state")
    for row in ranked(rows, space)[:count]:
        cells = [str(row.number), f"{row.value:.5f}", str(row.best_epoch),
                 *(str(row.params.get(name)) for name in shown), row.state]
        table.add_row(*map(one_line, cells))
    Console(soft_wrap=False).print(table)


def drop_checkpoints(trials: Path, rows: Sequence[Row], space: Space) -> None:
    """Delete the checkpoints of ended trials except `best_model` of the best one; logs and metrics stay."""
    order = [row for row in ranked(rows, space) if row.state == "done"]
    kept = order[0].folder if order else ""
    for row in rows:
        if row.state not in ("done", "given up", "failed"):
            continue
        for run in map(RunFolder, sorted((trials / row.folder).glob("*"))):
            for checkpoint in run.checkpoints():
                if row.folder != kept or checkpoint.path != run.best.path:
                    shutil.rmtree(checkpoint.path, ignore_errors=True)


def summary(rows: Sequence[Row]) -> Dict[str, int]:
    """Return the number of trials per state."""
    counts: Dict[str, int] = {}
    for row in rows:
        counts[row.state] = counts.get(row.state, 0) + 1
    return counts
