# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Augmentations that mix the images of a batch: Mixup, Cutmix, Fmix."""

from __future__ import annotations

__version__ = "0.1.0"
