# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Deprecated module of `ScalarLogger`; import it from `ppclas_core.training.scalar_logger`."""

from __future__ import annotations

from ppclas_core.system.lazy import moved_names

__getattr__ = moved_names(__name__, {"ScalarLogger": "ppclas_core.training.scalar_logger"})
