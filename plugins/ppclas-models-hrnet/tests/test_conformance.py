# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The conformance kit over every record of the plugin."""

from __future__ import annotations

from pathlib import Path

from ppclas_core.testing import BackboneConformance, PluginConformance, PublishedConformance


class TestPlugin(PluginConformance):
    plugin = "ppclas_models_hrnet.plugin"


class TestBackbones(BackboneConformance):
    plugin = "ppclas_models_hrnet.plugin"


class TestPublished(PublishedConformance):
    plugin = "ppclas_models_hrnet.plugin"
    golden = Path(__file__).parent / "golden"
