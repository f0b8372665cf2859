# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Deprecated place of `ScalarLogger`: import it from `ppclas_core.training.scalar_logger`."""

from __future__ import annotations

import warnings
from typing import Any


def __getattr__(name: str) -> Any:
    """Return `ScalarLogger`, with a `DeprecationWarning`; no other name is here."""
    if name != "ScalarLogger":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ppclas_core.training.scalar_logger import ScalarLogger

    warnings.warn(f"{__name__}.ScalarLogger is deprecated: import it from ppclas_core.training.scalar_logger",
                  DeprecationWarning, stacklevel=2)
    return ScalarLogger
