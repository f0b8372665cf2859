# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The published kit on all ops of this distribution."""

from __future__ import annotations

from typing import ClassVar

from ppclas_core.testing import OpConformance, PluginConformance


class TestPlugin(PluginConformance):
    plugin = "ppclas_augment_erase.plugin"


class TestOps(OpConformance):
    plugin = "ppclas_augment_erase.plugin"
    identity: ClassVar = {
        "Cutout": {"n_holes": 0},
        "RandomErasing": {"EPSILON": 0},
        "HideAndSeek": {"hide_prob": 0},
        "GridMask": {"prob": 0},
    }
