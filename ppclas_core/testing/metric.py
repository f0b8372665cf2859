# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance tests of metrics: equal over any division of the samples, in batches, processes and resumed epochs."""

from __future__ import annotations

import json
import math
from typing import List, Optional

import numpy as np
import pytest

from ppclas_core.api import Metric as Record
from ppclas_core.metrics import LabelSetOutputs, Metric, Outputs, SingleLabelOutputs
from ppclas_core.plugins.catalogue import resolve
from ppclas_core.plugins.signature import parameters
from ppclas_core.testing.base import Conformance

CLASSES = 5
SAMPLES = 24


class MetricConformance(Conformance):
    """Tests of a plugin's metrics; subclasses set `plugin`."""

    kind = "metric"

    def reference(self, record: Record, logits: np.ndarray, labels: np.ndarray) -> Optional[float]:
        """Return the expected value over all samples, or None if the subclass has no reference.

        Args:
            record: the metric.
            logits: (N, K) float32.
            labels: (N,) int64; for a metric of `task: multilabel` alone (N, K) float32, 0 or 1.
        """
        return None

    def make(self, record: Record) -> Metric[Outputs]:
        """Return the metric with empty state; it receives what its constructor asks for."""
        target = resolve(record.target, owner=record.name)
        supplied = {"num_classes": CLASSES, "topk": 2, "threshold": 0.5}
        metric: Metric[Outputs] = target(**{key: value for key, value in supplied.items() if key in parameters(target)})
        return metric

    def outputs(self, record: Record, start: int = 0, stop: int = SAMPLES) -> Outputs:
        """Return the outputs of the samples `start` up to `stop`, of the first task that the record names."""
        rng = np.random.default_rng(5)
        logits = rng.standard_normal((SAMPLES, CLASSES)).astype(np.float32)[start:stop]
        if record.tasks[0] == "multilabel":
            return LabelSetOutputs(logits, (rng.random((SAMPLES, CLASSES)) < 0.4).astype(np.float32)[start:stop])
        return SingleLabelOutputs(logits, rng.integers(0, CLASSES, SAMPLES)[start:stop])

    def value(self, record: Record, edges: List[int]) -> float:
        """Return the value over all samples, divided into batches at `edges`."""
        metric = self.make(record)
        for start, stop in zip([0, *edges], [*edges, SAMPLES]):
            metric.update(self.outputs(record, start, stop))
        return metric.compute()

    def test_name_and_mode_are_those_of_the_record(self, record: Record) -> None:
        """`monitor: NAME` finds the record; the class decides what is better."""
        metric = self.make(record)
        assert (metric.name, metric.mode) == (record.name, record.mode)
        assert record.mode in ("max", "min")
        assert record.tasks
        assert set(record.tasks) <= {"multiclass", "multilabel"}

    def test_the_value_is_a_finite_number(self, record: Record) -> None:
        """The value is a float, and 0 without samples."""
        assert self.make(record).compute() == 0
        value = self.value(record, [])
        assert isinstance(value, float)
        assert math.isfinite(value)

    def test_batches_do_not_change_it(self, record: Record) -> None:
        """One batch, equal batches and batches of one sample give the same value."""
        whole = self.value(record, [])
        for edges in ([12], [1, 2, 23], list(range(1, SAMPLES))):
            assert self.value(record, edges) == pytest.approx(whole, rel=1e-9, abs=1e-12)

    def test_processes_do_not_change_it(self, record: Record) -> None:
        """The merged states of two processes give the value over all samples."""
        first = self.make(record)
        second = self.make(record)
        first.update(self.outputs(record, 0, 9))
        second.update(self.outputs(record, 9, SAMPLES))
        first.merge(second.state())
        assert first.compute() == pytest.approx(self.value(record, [9]), rel=1e-9, abs=1e-12)

    def test_a_checkpoint_keeps_its_state(self, record: Record) -> None:
        """The state survives JSON: a resumed epoch goes on where it stopped."""
        metric = self.make(record)
        metric.update(self.outputs(record, 0, 9))
        state = json.loads(json.dumps({key: value.tolist() if isinstance(value, np.ndarray) else value
                                       for key, value in metric.state().items()}))
        resumed = self.make(record)
        resumed.load(state)
        resumed.update(self.outputs(record, 9, SAMPLES))
        assert resumed.compute() == pytest.approx(self.value(record, [9]), rel=1e-9, abs=1e-12)

    def test_reset_forgets_every_sample(self, record: Record) -> None:
        """The next evaluation starts from nothing."""
        metric = self.make(record)
        metric.update(self.outputs(record))
        metric.reset()
        assert metric.compute() == 0
        metric.update(self.outputs(record, 0, 9))
        fresh = self.make(record)
        fresh.update(self.outputs(record, 0, 9))
        assert metric.compute() == fresh.compute()

    def test_it_equals_its_reference(self, record: Record) -> None:
        """The value equals the subclass's reference."""
        outputs = self.outputs(record)
        expected = self.reference(record, outputs.logits, outputs.labels)
        if expected is None:
            pytest.skip("the subclass gives no reference")
        assert self.value(record, []) == pytest.approx(expected, rel=1e-6, abs=1e-9)
