# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Augmentations that change the pixels of one image: AutoAugment, RandAugment."""

from __future__ import annotations

__version__ = "0.1.0"
