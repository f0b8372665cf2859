# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance kit for plugins: one base class per hook, which the tests of a plugin subclass in three lines.

    from ppclas_core.testing import OpConformance, PluginConformance

    class TestPlugin(PluginConformance):
        plugin = "my_package.plugin"

    class TestOps(OpConformance):
        plugin = "my_package.plugin"

Each class is parametrized over the records of the plugin, so new records are tested automatically.

Imports inside functions: pytest loads `pytest_plugin` in every project that has ppclas installed, and collects tests
without Paddle, which takes seconds to import.
"""

from __future__ import annotations

from ppclas_core.testing.backbone import BackboneConformance
from ppclas_core.testing.callback import CallbackConformance
from ppclas_core.testing.command import CommandConformance
from ppclas_core.testing.exporter import ExporterConformance
from ppclas_core.testing.loss import LossConformance
from ppclas_core.testing.metric import MetricConformance
from ppclas_core.testing.op import OpConformance
from ppclas_core.testing.optimizer import OptimizerConformance
from ppclas_core.testing.plugin import PluginConformance
from ppclas_core.testing.published_backbone import PublishedConformance
from ppclas_core.testing.reader import ReaderConformance
from ppclas_core.testing.schedule import LrScheduleConformance

__all__ = [
    "BackboneConformance",
    "CallbackConformance",
    "CommandConformance",
    "ExporterConformance",
    "LossConformance",
    "LrScheduleConformance",
    "MetricConformance",
    "OpConformance",
    "OptimizerConformance",
    "PluginConformance",
    "PublishedConformance",
    "ReaderConformance",
]
