# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""CPU training with the convolutions of oneDNN."""

from __future__ import annotations

__version__ = "0.1.0"
