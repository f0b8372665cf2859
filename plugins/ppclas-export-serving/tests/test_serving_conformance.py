# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The published kit on the formats of this distribution."""

from __future__ import annotations

import pytest

from ppclas_core.testing import ExporterConformance, PluginConformance

pytestmark = pytest.mark.xdist_group("serving")


class TestPlugin(PluginConformance):
    plugin = "ppclas_export_serving.plugin"


class TestExporter(ExporterConformance):
    plugin = "ppclas_export_serving.plugin"
