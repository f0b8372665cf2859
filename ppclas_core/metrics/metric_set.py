# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Metrics and tables of one epoch or one evaluation, updated together."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence, SupportsFloat

from ppclas_core.metrics.loss import MeanLoss
from ppclas_core.metrics.metric import Accumulator, AnyMetric, AnyTable, State
from ppclas_core.metrics.outputs import Outputs
from ppclas_core.plugins.catalogue import catalogue


class MetricSet:
    """Set of metrics and tables over the same samples; the mean loss is always its first metric.

    Args:
        metrics: with different names, none of them `loss`.
        tables: with different names.

    Attributes:
        steps: number of batches; seconds: their wall time.
    """

    def __init__(self, metrics: Sequence[AnyMetric], tables: Sequence[AnyTable] = ()) -> None:
        self.loss = MeanLoss()
        self.metrics: List[AnyMetric] = [self.loss, *metrics]
        self.tables = list(tables)
        self.steps = 0
        self.seconds = 0.0

    def reset(self) -> None:
        """Set the state to that before the first batch."""
        for each in self._accumulators():
            each.reset()
        self.steps = 0
        self.seconds = 0.0

    @property
    def samples(self) -> int:
        """Number of samples so far."""
        return self.loss.samples

    def update(self, outputs: Outputs, seconds: float = 0.0) -> None:
        """Add one batch, which took `seconds`."""
        for each in self._accumulators():
            with catalogue().calling_object("metric", each):
                each.update(outputs)
        self.steps += 1
        self.seconds += seconds

    def compute(self) -> Dict[str, float]:
        """Return the value of each metric by name."""
        return {metric.name: self._value(metric) for metric in self.metrics}

    def settings(self) -> Dict[str, float]:
        """Return the parameters that the values depend on, by name."""
        return {name: value for metric in self.metrics for name, value in metric.settings.items()}

    def rows(self, class_names: Sequence[str]) -> Dict[str, Any]:
        """Return the rows of each table by name."""
        return {table.name: table.compute(class_names) for table in self.tables}

    def states(self) -> List[State]:
        """Return the state of each metric and table, in a fixed order, for `merge_states`."""
        states = []
        for each in self._accumulators():
            with catalogue().calling_object("metric", each):
                states.append(each.state())
        return states

    def merge_states(self, ranks: Sequence[Sequence[Mapping[str, Any]]]) -> None:
        """Replace the state by that of all processes together.

        Args:
            ranks: `states()` of each process, by rank.
        """
        for each, of_ranks in zip(self._accumulators(), zip(*ranks)):
            with catalogue().calling_object("metric", each):
                each.load(of_ranks[0])
                for state in of_ranks[1:]:
                    each.merge(state)

    def to_dict(self) -> Dict[str, Any]:
        """Return the state as plain values for JSON; metrics may use the same key only for the same count."""
        values = {key: value for state in self.states() for key, value in state.items()}
        plain = {key: value.tolist() if hasattr(value, "tolist") else value for key, value in values.items()}
        return {**plain, "steps": self.steps, "seconds": self.seconds}

    def load(self, values: Mapping[str, Any]) -> None:
        """Replace the state by a result of `to_dict`."""
        for each in self._accumulators():
            each.load(values)
        self.steps = values["steps"]
        self.seconds = values["seconds"]

    def _value(self, metric: AnyMetric) -> float:
        with catalogue().calling_object("metric", metric):
            value = metric.compute()
            if not isinstance(value, SupportsFloat):
                raise TypeError(f"compute() returned {value!r}, not a number")
            return value

    def _accumulators(self) -> List[Accumulator[Any]]:
        return [*self.metrics, *self.tables]
