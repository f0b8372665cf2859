# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`Run`: the parts of a training, and `Progress`: how far it is. The loop and the callbacks share them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.runs.log import Log
from ppclas_core.training.distributed.ranks import Rank
from ppclas_core.training.interrupt import StopRequest


@dataclass
class Progress:
    """All that a run is besides arrays: the content of `state.json`.

    Args:
        epoch, step: the next step to do; `step` equal to the steps of the epoch means that its evaluation is next.
        best, best_epoch: of the best evaluation so far, -1 before the first; `best` is its `deciding_figure`.
        best_loss: of the same evaluation; None before the first, and in checkpoints that do not hold it.
        evaluations_since: evaluations after the last that raised `best`; None in checkpoints that do not hold it.
        seconds: of training and evaluation so far.
        seed: of the run; every random choice is a function of it and of the position.
        epoch_sums: the `metrics.Counter` of the unfinished epoch.
        scaler: state of the loss scaling.
        ema: whether the saved parameters are averages and the optimizer file holds the raw ones.
        optimizer: name of the optimizer whose state is saved.
        finished: the run did all its epochs.
        terms: the data and its division into steps, see `engine.terms`; empty in checkpoints that do not hold them.
        accelerator: name of the accelerator of the training steps, or `none`; None until that is decided, once.
    """

    epoch: int = 0
    step: int = 0
    best: float = -1.0
    best_epoch: int = -1
    best_loss: Optional[float] = None
    evaluations_since: Optional[int] = None
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


def deciding_figure(config: Mapping[str, Any]) -> str:
    """The figure of an evaluation that says which checkpoint is the best: `top1`, with several labels per image
    `mAP`."""
    return "mAP" if config["task"] == "multilabel" else "top1"


@dataclass
class Run:
    """One training.

    Args:
        config: the resolved config.
        folder: the run folder.
        model: the layer; `forward`: what training steps call, the model itself or a callback's stand-in for it.
        loader: training batches; `evaluate`: evaluates `model` as it stands, None without validation.
        schedule: step -> learning rate.
        save: writes the checkpoint folders of the given names.
        topk: the second accuracy, clipped to the classes.
        path_of: sample index -> path, for messages.
        distil: the model gives (teacher, student) and the loss compares the two.
    """

    config: Mapping[str, Any]
    folder: Path
    model: Any
    forward: Callable[[Any], Any]
    loss: Callable[[Any, Any], Any]
    aux_weights: Sequence[float]
    optimizer: Any
    schedule: Callable[[int], float]
    loader: Any
    evaluate: Optional[Callable[[], Any]]
    amp: Any
    ema: Any
    log: Log
    stop: StopRequest
    save: Callable[[Sequence[str]], None]
    path_of: Callable[[int], str]
    topk: int
    rank: Rank
    progress: Progress
    distil: bool = False
    callbacks: List[Any] = field(default_factory=list)

    @property
    def epochs(self) -> int:
        """Epochs of the whole run."""
        return int(self.config["epochs"])

    @property
    def steps_per_epoch(self) -> int:
        """Optimizer steps of one epoch."""
        return len(self.loader)

    def stopping(self) -> bool:
        """Whether a stop was asked for; all processes of a launch give the same answer at the same step."""
        if self.rank.world > 1:
            import paddle

            flag = paddle.to_tensor([self.stop.signum or 0], dtype="int64")
            paddle.distributed.all_reduce(flag, op=paddle.distributed.ReduceOp.MAX)
            if not flag.item():  # a signal that came meanwhile stays noted for the next time
                return False
            self.stop.signum = int(flag.item())
        return self.stop.signum is not None

    def call(self, event: str, *values: Any) -> None:
        """Call one method of every callback, in the order of the config."""
        for callback in self.callbacks:
            with catalogue().calling_object("callback", callback):
                getattr(callback, event)(self, *values)
