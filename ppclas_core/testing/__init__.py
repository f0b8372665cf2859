# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The conformance kit: one base class per hook, subclassed in three lines by a plugin's own tests.

    from ppclas_core.testing import OpConformance, PluginConformance

    class TestPlugin(PluginConformance):
        plugin = "my_package.plugin"

    class TestOps(OpConformance):
        plugin = "my_package.plugin"

Each class is parametrised over the records of the plugin, so a new record is tested by existing.
"""

from __future__ import annotations

from ppclas_core.testing.backbone import BackboneConformance
from ppclas_core.testing.exporter import ExporterConformance
from ppclas_core.testing.loss import LossConformance
from ppclas_core.testing.op import OpConformance
from ppclas_core.testing.plugin import PluginConformance
from ppclas_core.testing.published_backbone import PublishedConformance
from ppclas_core.testing.schedule import LrScheduleConformance

__all__ = [
    "BackboneConformance",
    "ExporterConformance",
    "LossConformance",
    "LrScheduleConformance",
    "OpConformance",
    "PluginConformance",
    "PublishedConformance",
]
