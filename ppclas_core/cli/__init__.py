# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The `ppclas` program: its parser, the options that commands share, and one file per command."""

from __future__ import annotations

from ppclas_core.cli.program import guarded, main

__all__ = ["guarded", "main"]
