# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Base classes of metrics and tables.

The life of a metric: `update` with each batch, `state` of each process, `load` and `merge` of these states in one
process, `compute`. The result must not depend on how the samples are divided into batches and processes. `CountMetric`
implements all of it but `update` and `compute`, for a state of numbers that add up:

    class Top1Error(CountMetric[SingleLabelOutputs]):
        '''Fraction of samples whose class does not have the highest logit.'''

        name = "top1_error"
        mode = "min"
        keys = ("samples", "wrong")

        samples: int
        wrong: int

        def update(self, outputs: SingleLabelOutputs) -> None:
            self.samples += len(outputs)
            self.wrong += int((outputs.predicted != outputs.labels).sum())

        def compute(self) -> float:
            return self.wrong / max(self.samples, 1)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Dict, Generic, List, Mapping, Optional, Sequence, TypeVar, Union

import numpy as np

from ppclas_core.metrics.outputs import Outputs

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

AnyOutputs = TypeVar("AnyOutputs", bound=Outputs)
"""The outputs that a metric is updated with: those of one task, or `Outputs` for any task."""

State = Dict[str, Union[int, float, np.ndarray]]
"""State of a metric: numbers and arrays by name."""


class Accumulator(ABC, Generic[AnyOutputs]):
    """Base of `Metric` and `Table`: state that is updated batch by batch and merged over processes.

    A checkpoint within an epoch holds the state as JSON. State should be integers where possible: sums of floats
    depend on the order of summation.

    Attributes:
        name: unique name among the metrics, or among the tables, of an evaluation.
    """

    name: ClassVar[str] = ""

    @abstractmethod
    def update(self, outputs: AnyOutputs) -> None:
        """Add one batch to the state."""

    @abstractmethod
    def reset(self) -> None:
        """Set the state to that before the first batch."""

    @abstractmethod
    def state(self) -> State:
        """Return the state; between processes only its values and the lengths of axis 0 of arrays may differ."""

    @abstractmethod
    def load(self, state: Mapping[str, Any]) -> None:
        """Replace the state by a result of `state()`; it may hold further keys, and lists in place of arrays."""

    @abstractmethod
    def merge(self, state: Mapping[str, Any]) -> None:
        """Add the `state()` of another process to this one."""

    @property
    def settings(self) -> Dict[str, float]:
        """Parameters that the result depends on, by name; reports contain them."""
        return {}


class Metric(Accumulator[AnyOutputs]):
    """Metric: one number over samples.

    The constructor may have the parameters `num_classes`, `topk` and `threshold`, which the task supplies.

    Attributes:
        name: key in `metrics.jsonl`, `report.json` and `--json` output, and value of the config keys `monitor` and
            `metrics`.
        mode: `max` if higher is better, else `min`.
        is_accuracy: the value is a fraction of the samples; log lines append `_avg` or `acc` to its label.
    """

    mode: ClassVar[str] = "max"
    is_accuracy: ClassVar[bool] = False

    @property
    def label(self) -> str:
        """Name in log lines, charts and curves, such as `top5` for `topk`."""
        return self.name

    @abstractmethod
    def compute(self) -> float:
        """Return the value; 0 without samples."""


class Table(Accumulator[AnyOutputs]):
    """Table over samples, such as one row per class."""

    @abstractmethod
    def compute(self, class_names: Sequence[str]) -> Optional[List[Any]]:
        """Return the rows, plain values for JSON; None if the table is too large to be kept."""


class CountMetric(Metric[AnyOutputs]):
    """Metric whose state is numbers that add up.

    Attributes:
        keys: names of the attributes that are the state; metrics that use the same name must count the same.
    """

    keys: ClassVar[Sequence[str]] = ()

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Set the state to 0."""
        for key in self.keys:
            setattr(self, key, 0)

    def state(self) -> State:
        """Return the state."""
        return {key: getattr(self, key) for key in self.keys}

    def load(self, state: Mapping[str, Any]) -> None:
        """Replace the state."""
        for key in self.keys:
            setattr(self, key, state[key])

    def merge(self, state: Mapping[str, Any]) -> None:
        """Add the state of another process."""
        for key in self.keys:
            setattr(self, key, getattr(self, key) + state[key])


class ArrayCounts:
    """Mixin of metrics and tables whose state is arrays of fixed shape that add up; the constructor sets them to 0.

    Attributes:
        keys: names of the attributes that are the state; metrics that use the same name must count the same.
    """

    keys: ClassVar[Sequence[str]] = ()

    def reset(self) -> None:
        """Set the state to 0."""
        for key in self.keys:
            setattr(self, key, np.zeros_like(getattr(self, key)))

    def state(self) -> State:
        """Return the state."""
        return {key: getattr(self, key) for key in self.keys}

    def load(self, state: Mapping[str, Any]) -> None:
        """Replace the state."""
        for key in self.keys:
            setattr(self, key, _like(getattr(self, key), state[key]))

    def merge(self, state: Mapping[str, Any]) -> None:
        """Add the state of another process."""
        for key in self.keys:
            own = getattr(self, key)
            setattr(self, key, own + _like(own, state[key]))


AnyMetric = Metric[Any]
"""Metric of any task. A task builds its metrics and its outputs, so they fit; the type checker cannot know it."""

AnyTable = Table[Any]
"""Table of any task; see `AnyMetric`."""


def _like(own: np.ndarray, value: ArrayLike) -> np.ndarray:
    """Return an array of the shape and dtype of `own`; `value` may be a list from JSON."""
    return np.asarray(value, own.dtype).reshape(own.shape)
