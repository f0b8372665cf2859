# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Template of a learning-rate schedule plugin: polynomial decay."""

from __future__ import annotations

WHAT = "A learning-rate schedule"

PLUGIN = '''\
"""Records of this distribution; this module imports only `ppclas_core.api`."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import LrSchedule, hookimpl


@hookimpl
def ppclas_lr_schedules() -> Iterable[LrSchedule]:
    """Return one record per schedule."""
    return [LrSchedule(name="@component@", target="@package@.@module@:@component@", doc="polynomial decay")]
'''

MODULE = '''\
"""@component@: polynomial decay from `lr` to 0 over the whole run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class @component@:
    """Schedule lr * (1 - step / total) ^ power.

    Args:
        lr: initial learning rate.
        power: 1 is linear.
        epochs, step_each_epoch: supplied by the trainer.
    """

    lr: float
    epochs: int
    step_each_epoch: int
    power: float = 2.0

    def __call__(self, step: int) -> float:
        """Return the learning rate of an optimizer step, counted from 0."""
        total = self.epochs * self.step_each_epoch
        return self.lr * (1.0 - min(step, total) / total) ** self.power
'''

TESTS = '''\
"""Tests of the conformance kit, which compares the schedule with the formula."""

from __future__ import annotations

from ppclas_core.testing import LrScheduleConformance, PluginConformance


class TestPlugin(PluginConformance):
    plugin = "@package@.plugin"


class TestSchedules(LrScheduleConformance):
    plugin = "@package@.plugin"
    params = {"@component@": {"lr": 0.1}}

    def reference(self, record, step, epochs, step_each_epoch):
        return 0.1 * (1 - step / (epochs * step_each_epoch)) ** 2
'''

CONFIG = """\
# ppclas data digits && ppclas run example.yaml
base: quick_start/digits_MobileNetV3_small.yaml
requires: [@dist@]
epochs: 2
LEARNING_RATE:
  function: @component@
  params: {lr: 0.1, power: 1.0}
"""

FILES = {
    "src/@package@/plugin.py": PLUGIN,
    "src/@package@/@module@.py": MODULE,
    "tests/test_@package@.py": TESTS,
    "example.yaml": CONFIG,
}
