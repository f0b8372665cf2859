# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The published kit on the format of this distribution."""

from __future__ import annotations

from typing import ClassVar

from ppclas_core.testing import ExporterConformance, PluginConformance


class TestPlugin(PluginConformance):
    plugin = "ppclas_export_lite.plugin"


class TestArm(ExporterConformance):
    plugin = "ppclas_export_lite.plugin"


class TestProbabilitiesOnX86(ExporterConformance):
    plugin = "ppclas_export_lite.plugin"
    params: ClassVar = {"lite": {"target": "x86", "softmax": True}}
