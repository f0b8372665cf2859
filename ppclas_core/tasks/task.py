# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The base class of tasks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, List, Mapping, NamedTuple, Optional, Sequence, Tuple, TypeVar

import numpy as np

from ppclas_core.config.task_rules import RULES
from ppclas_core.metrics.metric import Metric, Table
from ppclas_core.metrics.metric_set import MetricSet
from ppclas_core.metrics.outputs import Outputs
from ppclas_core.plugins.catalogue import catalogue

AnyTask = TypeVar("AnyTask", bound="Task")

Scores = Tuple[Tuple[int, float], ...]
"""(class index, score) pairs."""


class Example(NamedTuple):
    """One image of an evaluation, for the pages of a report.

    Args:
        sample: index in the data set.
        labels: its classes with their scores; found: the predicted classes with their scores, best first.
        predicted: class index of the highest logit.
        correct: the prediction is right.
        interest: orders wrong and right predictions, the most interesting first.
    """

    sample: int
    labels: Scores
    found: Scores
    predicted: int
    correct: bool
    interest: float


class Task(ABC):
    """What labels mean: metrics, loss parameters, and the form of predictions.

    Args:
        topk: k of the metric `topk`, cut to the number of classes.
        threshold: score from which a class counts as found, of tasks that decide class by class.
        metrics: names of further metrics to log in evaluations.
        monitor: name of the metric that decides which checkpoint is the best; by default that of the task.

    Attributes:
        activation: what turns logits into scores, `softmax` or `sigmoid`.
        step_names: metrics of training steps and epochs, and of the batches of an evaluation.
        logged_names: metrics of the evaluations during training.
        reported_names: all metrics of an evaluation.
        summary_names: metrics of the one line that commands print.
        setting_names: parameters of metrics that `report.json` has as keys.
    """

    name: ClassVar[str]
    activation: ClassVar[str]
    step_names: ClassVar[Tuple[str, ...]]
    logged_names: ClassVar[Tuple[str, ...]]
    reported_names: ClassVar[Tuple[str, ...]]
    summary_names: ClassVar[Tuple[str, ...]]
    setting_names: ClassVar[Tuple[str, ...]] = ()

    def __init__(self, *, topk: int = 5, threshold: Optional[float] = None, metrics: Sequence[str] = (),
                 monitor: Optional[str] = None) -> None:
        self.topk, self.threshold = topk, threshold
        self._extra = list(dict.fromkeys([*metrics, *([monitor] if monitor else [])]))
        self.monitor = self.build_metric(monitor or self.default_monitor)

    @classmethod
    def from_config(cls: type[AnyTask], config: Mapping[str, Any]) -> AnyTask:
        """Return the task with the parameters of a config."""
        return cls(topk=_cut(config["topk"], config["classes_num"]), metrics=config.get("metrics") or (),
                   monitor=config.get("monitor"))

    @property
    def default_monitor(self) -> str:
        """Name of the metric that is monitored unless the config names another."""
        return RULES[self.name].monitor

    def build_metric(self, name: str, num_classes: int = 1) -> Metric:
        """Build a metric of the catalogue."""
        supplied = {"topk": self.topk, "threshold": self.threshold, "num_classes": num_classes}
        metric: Metric = catalogue().create("metric", name, {}, supplied)
        return metric

    def step_metrics(self) -> MetricSet:
        """Return the metrics of training steps, nothing counted."""
        return MetricSet([self.build_metric(name) for name in self.step_names])

    @property
    def logged(self) -> List[str]:
        """Names of the metrics that evaluations log during training, the loss aside."""
        return [name for name in dict.fromkeys([*self.logged_names, *self._extra]) if name != "loss"]

    @property
    def summary(self) -> List[str]:
        """Names of the metrics in the one line that commands print, the loss aside."""
        return [name for name in dict.fromkeys([*self.summary_names, *self._extra]) if name != "loss"]

    @property
    def metric_names(self) -> List[str]:
        """Names of all metrics of an evaluation, the loss last."""
        return [*(name for name in dict.fromkeys([*self.reported_names, *self._extra]) if name != "loss"), "loss"]

    def evaluation_metrics(self, num_classes: int) -> MetricSet:
        """Return all metrics and tables of an evaluation, nothing counted."""
        metrics = {name: self.build_metric(name, num_classes) for name in self.metric_names[:-1]}
        return MetricSet(list(metrics.values()), self.tables(num_classes, metrics))

    def metrics_named(self, names: Sequence[str]) -> List[Metric]:
        """Return metrics, nothing counted, for their names and labels."""
        return [self.build_metric(name) for name in names]

    @abstractmethod
    def tables(self, num_classes: int, metrics: Mapping[str, Metric]) -> List[Table]:
        """Return the tables of an evaluation.

        Args:
            metrics: those of the same evaluation, by name.
        """

    @abstractmethod
    def outputs(self, logits: np.ndarray, labels: Any, mixed: Any = None, loss: float = 0.0) -> Outputs:
        """Return outputs and labels of a batch in the form that the metrics of the task take.

        Args:
            logits: (N, K) float32; labels, mixed: see `Batch`; loss: mean of the batch.
        """

    @abstractmethod
    def decode(self, logits: np.ndarray, topk: Optional[int] = None, threshold: Optional[float] = None) -> Scores:
        """Return the predicted classes of one image with their scores, best first.

        Args:
            logits: (K,) float32.
            topk: at most so many; None: the default of the task.
            threshold: score from which a class counts as found, where the task has a threshold; None: that of the task.
        """

    @abstractmethod
    def scores(self, logits: np.ndarray) -> np.ndarray:
        """Return the scores (N, K) float32 of logits (N, K)."""

    @abstractmethod
    def examples(self, samples: Sequence[int], outputs: Any) -> List[Example]:
        """Return one example per image of a batch."""

    @abstractmethod
    def caption(self, example: Example, names: Sequence[str], path: str) -> str:
        """Return one line about an example.

        Args:
            names: class names by index; path: of the image.
        """


def _cut(topk: int, classes: Any) -> int:
    return min(topk, classes) if isinstance(classes, int) else topk
