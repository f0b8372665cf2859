# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Base class of tasks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, List, Mapping, NamedTuple, Optional, Sequence, Tuple, TypeVar, cast

import numpy as np

from ppclas_core.config.config import Config
from ppclas_core.config.task_rules import RULES
from ppclas_core.metrics.metric import AnyMetric, AnyTable
from ppclas_core.metrics.metric_set import MetricSet
from ppclas_core.metrics.outputs import MixedLabels, Outputs
from ppclas_core.plugins.catalogue import catalogue

AnyTask = TypeVar("AnyTask", bound="Task")

Scores = Tuple[Tuple[int, float], ...]
"""(class index, score in 0..1) pairs."""


class Example(NamedTuple):
    """One evaluated image, for the pages of a report.

    Args:
        sample: index of the image in the data set.
        labels: classes of the image with their scores.
        found: predicted classes with their scores, highest score first.
        predicted: class index of the highest logit.
        correct: whether the prediction is right.
        interest: sort key; a report shows the wrong and the right predictions with the highest values.
    """

    sample: int
    labels: Scores
    found: Scores
    predicted: int
    correct: bool
    interest: float


class Task(ABC):
    """Meaning of the labels: metrics, decoding of logits, examples and captions of a report.

    A subclass sets the class attributes and implements the abstract methods. It is added to `TASKS`, and its name to
    `ppclas_core.config.task_rules.RULES`.

    Args:
        topk: k of the metric `topk`, at most the number of classes.
        threshold: score from which a class counts as found; None for a task without a threshold.
        metrics: names of further metrics to log in evaluations.
        monitor: name of the monitored metric, which selects the best checkpoint; None: the default of the task.

    Attributes:
        name: value of the config key `task`.
        activation: function from logits to scores, `softmax` or `sigmoid`.
        step_names: metrics of training steps and epochs, and of the batches of an evaluation.
        logged_names: metrics of the evaluations during training.
        reported_names: all metrics of an evaluation.
        summary_names: metrics of the summary line that commands print.
        setting_names: settings of metrics that are keys of `report.json`.
        monitor: the monitored metric, for its name and mode.
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
        self.topk = topk
        self.threshold = threshold
        self._extra = list(dict.fromkeys([*metrics, *([monitor] if monitor else [])]))
        self.monitor = self.build_metric(monitor or self.default_monitor)

    @classmethod
    def from_config(cls: type[AnyTask], config: Config) -> AnyTask:
        """Return the task with the parameters of a config."""
        return cls(topk=_at_most(config.topk, config.classes_num), metrics=config.metrics or (), monitor=config.monitor)

    @property
    def default_monitor(self) -> str:
        """Name of the metric that is monitored unless the config names another one."""
        return RULES[self.name].monitor

    def build_metric(self, name: str, num_classes: int = 1) -> AnyMetric:
        """Build a metric of the catalogue with the parameters of the task.

        Raises:
            UserError: the catalogue has no metric of this name.
        """
        supplied = {"topk": self.topk, "threshold": self.threshold, "num_classes": num_classes}
        return cast(AnyMetric, catalogue().create("metric", name, {}, supplied))

    def step_metrics(self) -> MetricSet:
        """Return new metrics for training steps."""
        return MetricSet([self.build_metric(name) for name in self.step_names])

    @property
    def logged(self) -> List[str]:
        """Names of the metrics that evaluations log during training, without the loss."""
        return [name for name in dict.fromkeys([*self.logged_names, *self._extra]) if name != "loss"]

    @property
    def summary(self) -> List[str]:
        """Names of the metrics of the summary line that commands print, without the loss."""
        return [name for name in dict.fromkeys([*self.summary_names, *self._extra]) if name != "loss"]

    @property
    def metric_names(self) -> List[str]:
        """Names of all metrics of an evaluation; the loss is last."""
        return [*(name for name in dict.fromkeys([*self.reported_names, *self._extra]) if name != "loss"), "loss"]

    def evaluation_metrics(self, num_classes: int) -> MetricSet:
        """Return new metrics and tables for an evaluation."""
        metrics = {name: self.build_metric(name, num_classes) for name in self.metric_names[:-1]}
        return MetricSet(list(metrics.values()), self.tables(num_classes, metrics))

    def metrics_named(self, names: Sequence[str]) -> List[AnyMetric]:
        """Return new metrics of these names, for their labels and modes."""
        return [self.build_metric(name) for name in names]

    @abstractmethod
    def tables(self, num_classes: int, metrics: Mapping[str, AnyMetric]) -> List[AnyTable]:
        """Return new tables for an evaluation.

        Args:
            num_classes: number of classes.
            metrics: metrics of the same evaluation, by name.
        """

    @abstractmethod
    def outputs(self, logits: np.ndarray, labels: np.ndarray, mixed: Optional[MixedLabels] = None,
                loss: float = 0.0) -> Outputs:
        """Return the input of the metrics for one batch.

        Args:
            logits: (N, K) float32.
            labels: class indices (N,) int64 or label sets (N, K) float32, as in a `Batch`.
            mixed: labels and weights of a mixed batch, else None.
            loss: mean loss of the batch.
        """

    @abstractmethod
    def decode(self, logits: np.ndarray, topk: Optional[int] = None, threshold: Optional[float] = None) -> Scores:
        """Return the predicted classes of one image with their scores, highest score first.

        Args:
            logits: (K,) float32.
            topk: largest number of classes; None: the default of the task.
            threshold: score from which a class counts as found; None: the threshold of the task. A task without a
                threshold ignores it.
        """

    @abstractmethod
    def scores(self, logits: np.ndarray) -> np.ndarray:
        """Return the scores, float64 in 0..1, of logits (N, K) or (K,); the shape is the same."""

    @abstractmethod
    def examples(self, samples: Sequence[int], logits: np.ndarray, labels: np.ndarray) -> List[Example]:
        """Return one example per image of a batch.

        Args:
            samples: (N,) indices of the images in the data set.
            logits: (N, K) float32.
            labels: as in `outputs`.
        """

    @abstractmethod
    def caption(self, example: Example, names: Sequence[str], path: str) -> str:
        """Return the caption of an example, one line.

        Args:
            example: result of `examples`.
            names: class names by class index.
            path: path of the image.
        """


def _at_most(topk: int, classes: object) -> int:
    """Return k, at most the number of classes; `classes_num` is `auto` until the data is opened."""
    return min(topk, classes) if isinstance(classes, int) else topk
