# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Template of a learning-rate schedule plugin: polynomial decay."""

from __future__ import annotations

from ppclas_core.scaffold.layout import RUN_EXAMPLE, component_files, kit_tests, plugin_module

WHAT = "A learning-rate schedule"
COMMANDS = RUN_EXAMPLE

RECORDS = 'LrSchedule(name="@component@", target="@package@.@module@:@component@", doc="polynomial decay")'

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
        return self.lr * float((1.0 - min(step, total) / total) ** self.power)
'''

TESTS = '''    params = {"@component@": {"lr": 0.1}}

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

FILES = component_files(
    plugin_module("LrSchedule", "ppclas_lr_schedules", "schedule", RECORDS),
    MODULE,
    kit_tests("LrScheduleConformance", "Schedules", ", which compares the schedule with the formula.", body=TESTS),
    CONFIG,
)
