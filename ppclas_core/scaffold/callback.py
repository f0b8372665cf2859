# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Template of a callback plugin: a log of the slowest step."""

from __future__ import annotations

from ppclas_core.scaffold.layout import RUN_EXAMPLE, component_files, kit_tests, plugin_module

WHAT = "A training callback"
COMMANDS = RUN_EXAMPLE

RECORDS = 'Callback(name="@component@", target="@package@.@module@:@component@", doc="log the slowest step of a run")'

MODULE = '''\
"""@component@: describe what it adds to a training."""

from __future__ import annotations

import logging
import time
from typing import Mapping

from ppclas_core.errors import UserError
from ppclas_core.training import Callback, Trainer

_log = logging.getLogger(__name__)


class @component@(Callback):
    """Log the time of the slowest step at the end of training.

    Args:
        skip: first steps that do not count, since they include set-up.
    """

    def __init__(self, skip: int = 1) -> None:
        if skip < 0:
            raise UserError(f"skip is {skip}; it must be at least 0")
        self.skip = skip
        self.steps = 0
        self.slowest = 0.0
        self.last = 0.0

    def on_train_begin(self, run: Trainer) -> None:
        """Start the clock."""
        self.last = time.perf_counter()

    def on_step_end(self, run: Trainer, values: Mapping[str, float]) -> None:
        """Measure the step."""
        now = time.perf_counter()
        if self.steps >= self.skip:
            self.slowest = max(self.slowest, now - self.last)
        self.steps += 1
        self.last = now

    def on_train_end(self, run: Trainer) -> None:
        """Log the result."""
        _log.info("slowest step: %.1f ms of %d steps", 1000 * self.slowest, self.steps)
'''

CONFIG = """\
# ppclas data digits && ppclas run example.yaml
base: quick_start/digits_MobileNetV3_small.yaml
requires: [@dist@]
epochs: 2
callbacks:
- @component@: {skip: 2}
"""

FILES = component_files(
    plugin_module("Callback", "ppclas_callbacks", "callback", RECORDS),
    MODULE,
    kit_tests("CallbackConformance", "Callbacks", "; add tests of what is special to this callback."),
    CONFIG,
)
