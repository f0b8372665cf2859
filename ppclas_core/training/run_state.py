# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`Run`: the parts of a training, and `Progress`: how far it is. The loop and the callbacks share them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, List, Mapping, Optional, Sequence

from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.runs.log import RunLog
from ppclas_core.runs.progress import Progress
from ppclas_core.system.rank import Rank
from ppclas_core.system.signals import StopRequest
from ppclas_core.tasks.task import Task


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
        topk: the k of the metric `topk`, cut to the number of classes.
        task: gives the metrics.
        path_of: sample index -> path, for messages.
        has_teacher: `forward` gives the logits of a teacher before the outputs of the model; the loss compares them.
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
    log: RunLog
    stop: StopRequest
    save: Callable[[Sequence[str]], None]
    path_of: Callable[[int], str]
    topk: int
    task: Task
    rank: Rank
    progress: Progress
    has_teacher: bool = False
    callbacks: List[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shown_in_steps = self.task.metrics_named(self.task.step_names)
        self.shown_in_evaluations = self.task.metrics_named(self.task.logged)

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
