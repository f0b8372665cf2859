# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`Progress`: the position and state of a run besides its arrays, as `state.json` holds them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Dict, Optional


@dataclass
class Progress:
    """All that a run is besides arrays: the content of `state.json`.

    Args:
        epoch, step: the next step to do; `step` equal to the steps of the epoch means that its evaluation is next.
        best, best_epoch: of the best evaluation so far, -1 before the first; `best` is the value of its `monitor`.
        best_loss: of the same evaluation; None before the first, and in checkpoints that do not hold it.
        evaluations_since: evaluations after the last that improved `best`; None in checkpoints that do not hold it.
        seconds: of training and evaluation so far.
        seed: of the run; every random choice is a function of it and of the position.
        monitor: name of the metric of `best`; None before the first evaluation, and in checkpoints without it.
        epoch_sums: counts of the unfinished epoch, see `MetricSet.to_dict`.
        scaler: state of the loss scaling.
        ema: whether the saved parameters are averages and the optimizer file holds the raw ones.
        optimizer: name of the optimizer whose state is saved.
        finished: the run did all its epochs.
        terms: the data and its division into steps, see `runs.terms`; empty in checkpoints that do not hold them.
        accelerator: name of the accelerator of the training steps, or `none`; None until that is decided, once.
    """

    epoch: int = 0
    step: int = 0
    best: float = -1.0
    best_epoch: int = -1
    best_loss: Optional[float] = None
    evaluations_since: Optional[int] = None
    monitor: Optional[str] = None
    seconds: float = 0.0
    seed: int = 0
    epoch_sums: Dict[str, Any] = field(default_factory=dict)
    scaler: Dict[str, Any] = field(default_factory=dict)
    ema: bool = False
    optimizer: str = ""
    finished: bool = False
    terms: Dict[str, Any] = field(default_factory=dict)
    accelerator: Optional[str] = None

    def to_dict(self) -> Dict[str, Any]:
        """Plain values for JSON."""
        return dataclasses.asdict(self)
