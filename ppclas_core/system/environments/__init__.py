# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Separate Python environments for tools that cannot be installed beside ppclas: found, or created in the cache."""

from __future__ import annotations

from ppclas_core.system.environments.find import known_interpreter, why_not
from ppclas_core.system.environments.make import interpreter, remove

__all__ = ["interpreter", "known_interpreter", "remove", "why_not"]
