# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The published kit on the format of this distribution."""

from __future__ import annotations

from ppclas_core.testing import ExporterConformance, PluginConformance


class TestPlugin(PluginConformance):
    plugin = "ppclas_export_hub.plugin"


class TestExporter(ExporterConformance):
    plugin = "ppclas_export_hub.plugin"
