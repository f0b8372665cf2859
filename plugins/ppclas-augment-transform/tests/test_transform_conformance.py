# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The published kit on all ops of this distribution."""

from __future__ import annotations

from typing import ClassVar

from ppclas_core.testing import OpConformance, PluginConformance


class TestPlugin(PluginConformance):
    plugin = "ppclas_augment_transform.plugin"


class TestOps(OpConformance):
    plugin = "ppclas_augment_transform.plugin"
    identity: ClassVar = {"RandAugment": {"num_layers": 0}}
