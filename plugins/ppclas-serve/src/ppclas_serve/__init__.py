# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""`ppclas serve`: an HTTP inference server for bundles."""

from __future__ import annotations

__version__ = "0.1.0"
