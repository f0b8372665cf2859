# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Export for inference servers: Paddle Serving, Triton and KServe."""

from __future__ import annotations

__version__ = "0.1.0"
