# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The residual networks: ResNet, ResNet_vc, ResNet_vd, ResNet_ACNet."""

from __future__ import annotations

__version__ = "0.1.0"
