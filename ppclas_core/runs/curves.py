# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Curves and metrics of a run, read from the records in its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional

from ppclas_core.runs.checkpoint import load_progress
from ppclas_core.runs.folder import RunFolder
from ppclas_core.runs.log import read_records

Curves = Dict[str, List[Optional[float]]]
"""Name of a curve -> its value in each epoch; None where it was not measured."""

_NOT_MEASURED = ("kind", "epoch")
_OF_THE_EVALUATION = ("samples", "seconds")


def read_curves(folder: Path) -> Curves:
    """Return the values of each epoch of a run.

    `epoch` has the epochs, counted from 0. `loss`, the training metrics and `seconds` are over the samples of an epoch.
    `lr` is the learning rate of its last recorded step. Names with `val_` are those of the validation.
    """
    training: Dict[int, Dict[str, Any]] = {}
    validation: Dict[int, Dict[str, Any]] = {}
    rates: Dict[int, float] = {}
    for record in read_records(folder):
        if record["kind"] == "step":
            rates[record["epoch"]] = record["lr"]
        elif record["kind"] == "epoch":
            training[record["epoch"]] = _without(record, *_NOT_MEASURED)
        elif record["kind"] == "eval":
            validation[record["epoch"]] = _without(record, *_NOT_MEASURED, *_OF_THE_EVALUATION)
    rows = [{**training[epoch], "lr": rates.get(epoch),
             **{f"val_{name}": value for name, value in validation.get(epoch, {}).items()}} for epoch in training]
    names = dict.fromkeys(name for row in rows for name in row)
    return {"epoch": list(training), **{name: [row.get(name) for row in rows] for name in names}}


def read_best_metrics(folder: Path) -> Dict[str, float]:
    """Return the validation metrics of the best checkpoint of a run; {} without validation."""
    best = load_progress(RunFolder(folder).last.path).best_epoch
    found = [record for record in read_records(folder) if record["kind"] == "eval" and record["epoch"] == best]
    return _without(found[-1], *_NOT_MEASURED, *_OF_THE_EVALUATION) if found else {}


def _without(record: Dict[str, Any], *names: str) -> Dict[str, Any]:
    return {name: value for name, value in record.items() if name not in names}
