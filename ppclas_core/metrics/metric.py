# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The base classes of metrics: a number, or a table, over all samples of an epoch or an evaluation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Dict, Generic, List, Mapping, Optional, Sequence, TypeVar, Union

import numpy as np

from ppclas_core.metrics.outputs import Outputs

AnyOutputs = TypeVar("AnyOutputs", bound=Outputs)
"""The outputs that a metric takes: those of its task, or of any."""

State = Dict[str, Union[int, float, np.ndarray]]
"""What a metric has counted: numbers and arrays by name."""


class Accumulator(ABC, Generic[AnyOutputs]):
    """Counts batch by batch. Counts of several processes are merged, and survive a checkpoint as plain JSON.

    Counts are integers wherever possible, so that the result does not depend on how samples are divided into batches
    and processes.
    """

    name: ClassVar[str] = ""

    @abstractmethod
    def update(self, outputs: AnyOutputs) -> None:
        """Count one batch."""

    @abstractmethod
    def reset(self) -> None:
        """Forget all that was counted."""

    @abstractmethod
    def state(self) -> State:
        """Return the counts."""

    @abstractmethod
    def load(self, state: Mapping[str, Any]) -> None:
        """Replace the counts by those of `state()`, which may hold further keys and lists in place of arrays."""

    @abstractmethod
    def merge(self, state: Mapping[str, Any]) -> None:
        """Add the counts of `state()` of another process or batch."""

    @property
    def settings(self) -> Dict[str, float]:
        """Parameters that the value depends on; reports show them beside it."""
        return {}


class Metric(Accumulator[AnyOutputs]):
    """One number over samples.

    Attributes:
        name: key in `metrics.jsonl`, `report.json` and `--json` output, and value of the config key `monitor`.
        mode: `max` if higher is better, else `min`.
        is_accuracy: the number is a fraction of the samples, which log lines call an accuracy and an average.
    """

    mode: ClassVar[str] = "max"
    is_accuracy: ClassVar[bool] = False

    @property
    def label(self) -> str:
        """The name in log lines, charts and curves, such as `top5` for `topk`."""
        return self.name

    @abstractmethod
    def compute(self) -> float:
        """Return the value; 0 before the first sample."""


class Table(Accumulator[AnyOutputs]):
    """Rows of numbers over samples, such as one row per class."""

    @abstractmethod
    def compute(self, class_names: Sequence[str]) -> Optional[List[Any]]:
        """Return rows of plain values for JSON; None where the table is too large to be kept."""


class CountMetric(Metric[AnyOutputs]):
    """A metric whose state is numbers that add up.

    Attributes:
        keys: names of the attributes that make up the state.
    """

    keys: ClassVar[Sequence[str]] = ()

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Set the numbers to 0."""
        for key in self.keys:
            setattr(self, key, 0)

    def state(self) -> State:
        """Return the numbers."""
        return {key: getattr(self, key) for key in self.keys}

    def load(self, state: Mapping[str, Any]) -> None:
        """Take over numbers."""
        for key in self.keys:
            setattr(self, key, state[key])

    def merge(self, state: Mapping[str, Any]) -> None:
        """Add numbers."""
        for key in self.keys:
            setattr(self, key, getattr(self, key) + state[key])


class ArrayCounts:
    """Mixin for accumulators whose state is arrays of one shape that add up.

    Attributes:
        keys: names of the attributes that make up the state.
    """

    keys: ClassVar[Sequence[str]] = ()

    def reset(self) -> None:
        """Set the arrays to 0."""
        for key in self.keys:
            setattr(self, key, np.zeros_like(getattr(self, key)))

    def state(self) -> State:
        """Return the arrays."""
        return {key: getattr(self, key) for key in self.keys}

    def load(self, state: Mapping[str, Any]) -> None:
        """Take over arrays."""
        for key in self.keys:
            setattr(self, key, _like(getattr(self, key), state[key]))

    def merge(self, state: Mapping[str, Any]) -> None:
        """Add arrays."""
        for key in self.keys:
            own = getattr(self, key)
            setattr(self, key, own + _like(own, state[key]))


def _like(own: np.ndarray, value: Any) -> np.ndarray:
    return np.asarray(value, own.dtype).reshape(own.shape)
