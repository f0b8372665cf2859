# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The published kit on the formats of this distribution."""

from __future__ import annotations

from ppclas_core.testing import ExporterConformance, PluginConformance


class TestPlugin(PluginConformance):
    plugin = "ppclas_export_openvino.plugin"


class TestExporter(ExporterConformance):
    plugin = "ppclas_export_openvino.plugin"
    names = ("openvino",)


class TestBfloat16(ExporterConformance):
    plugin = "ppclas_export_openvino.plugin"
    names = ("openvino-bf16",)
    limit = 0.2
