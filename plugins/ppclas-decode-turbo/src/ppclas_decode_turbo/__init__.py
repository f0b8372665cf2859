# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Partial JPEG decoding with libjpeg-turbo: of a training image, only the crop is decoded."""

from __future__ import annotations

__version__ = "0.1.0"
