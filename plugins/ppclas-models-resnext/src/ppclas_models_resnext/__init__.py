# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Descendants of ResNet: ResNeXt, SE_ResNet, SE_ResNeXt, SENet154, Res2Net."""

from __future__ import annotations

__version__ = "0.1.0"
