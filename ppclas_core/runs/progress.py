# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Position and state of a run, without arrays: the content of `state.json`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Dict, Optional


@dataclass
class Progress:
    """Position and state of a run, without arrays.

    Checkpoints of earlier versions lack some values; they are None or empty then.

    Args:
        epoch, step: position of the next step. If `step` is the number of steps per epoch, the evaluation of the epoch
            is next.
        best: best value of the metric `monitor` so far; -1 before the first evaluation.
        best_epoch: epoch of that evaluation; -1 before the first one.
        best_loss: loss of that evaluation; None before the first one.
        evaluations_since: number of evaluations since the last one that improved `best`.
        monitor: name of the metric of `best`; None before the first evaluation.
        seconds: time of training and evaluation so far.
        seed: seed of the run; all randomness is a function of it and of the position.
        epoch_sums: state of the metrics of the incomplete epoch, see `MetricSet.to_dict`.
        scaler: state of the loss scaling.
        ema: the saved weights are moving averages, and the optimizer file contains the raw weights.
        optimizer: name of the optimizer whose state is saved.
        finished: the run has trained all its epochs, or stopped early.
        stopped: a callback ended the run.
        terms: data of the run and its division into steps, see `runs.terms`.
        accelerator: name of the accelerator of the training steps, or `none`; None until it is chosen.
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
    stopped: bool = False
    terms: Dict[str, Any] = field(default_factory=dict)
    accelerator: Optional[str] = None

    def to_dict(self) -> Dict[str, Any]:
        """Return plain values for JSON."""
        return dataclasses.asdict(self)
