# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The published kit on all ops of this distribution, with one lambda per batch and with one per image."""

from __future__ import annotations

from typing import ClassVar

from ppclas_core.testing import OpConformance, PluginConformance

NAMES = ("MixupOperator", "CutmixOperator", "FmixOperator")


class TestPlugin(PluginConformance):
    plugin = "ppclas_augment_mix.plugin"


class TestOps(OpConformance):
    plugin = "ppclas_augment_mix.plugin"


class TestOpsPerSample(OpConformance):
    plugin = "ppclas_augment_mix.plugin"
    params: ClassVar = {name: {"per_sample": True} for name in NAMES}


class TestSoftFmix(OpConformance):
    plugin = "ppclas_augment_mix.plugin"
    params: ClassVar = {"FmixOperator": {"max_soft": 0.2}}
