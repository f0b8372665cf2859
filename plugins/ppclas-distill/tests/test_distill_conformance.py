# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The published kit on this distribution as a whole; test_distill_losses.py has its losses."""

from __future__ import annotations

from ppclas_core.testing import PluginConformance


class TestPlugin(PluginConformance):
    plugin = "ppclas_distill.plugin"
