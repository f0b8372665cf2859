# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance tests of learning-rate schedules: finite, a pure function of the step, correct at the edges."""

from __future__ import annotations

import math
import pickle
from typing import Callable, Optional

import pytest

from ppclas_core.api import LrSchedule
from ppclas_core.plugins.catalogue import resolve
from ppclas_core.plugins.signature import bind_parameters, parameters
from ppclas_core.testing.base import Conformance


class LrScheduleConformance(Conformance):
    """Tests of a plugin's schedules; subclasses set `plugin`, and in `params` a positive `lr` if it is required."""

    kind = "lr_schedule"

    def reference(self, record: LrSchedule, step: int, epochs: int, step_each_epoch: int) -> Optional[float]:
        """Return the expected learning rate, or None if the subclass has no reference."""
        return None

    def make(self, record: LrSchedule, epochs: int = 3, step_each_epoch: int = 7) -> Callable[[int], float]:
        """Return the schedule for a run of `epochs` x `step_each_epoch` steps."""
        target = resolve(record.target, owner=record.name)
        supplied = {"epochs": epochs, "step_each_epoch": step_each_epoch}
        bound = bind_parameters(target, self.build_params(record), owner=record.name, hidden=supplied)
        known = {key: value for key, value in supplied.items() if key in parameters(target)}
        schedule: Callable[[int], float] = target(**bound, **known)
        return schedule

    def test_every_step_has_a_finite_rate(self, record: LrSchedule) -> None:
        """The rate is never negative, also after the last step."""
        schedule = self.make(record)
        for step in range(3 * 7 + 5):
            rate = schedule(step)
            assert isinstance(rate, float)
            assert math.isfinite(rate)
            assert rate >= 0.0

    def test_it_is_a_function_of_the_step_alone(self, record: LrSchedule) -> None:
        """Resuming at step k gives the same rates as an uninterrupted run."""
        straight = [self.make(record)(step) for step in range(21)]
        resumed = self.make(record)
        assert [resumed(step) for step in reversed(range(21))] == straight[::-1]
        assert [pickle.loads(pickle.dumps(resumed))(step) for step in range(21)] == straight

    def test_it_equals_its_reference(self, record: LrSchedule) -> None:
        """The schedule equals its reference over three epochs of seven steps."""
        schedule = self.make(record)
        for step in range(21):
            expected = self.reference(record, step, 3, 7)
            if expected is None:
                pytest.skip("the subclass gives no reference")
            assert schedule(step) == pytest.approx(expected, rel=1e-9, abs=1e-12)

    def test_a_run_of_one_step_works(self, record: LrSchedule) -> None:
        """A run of one step does not divide by zero."""
        assert math.isfinite(self.make(record, epochs=1, step_each_epoch=1)(0))
