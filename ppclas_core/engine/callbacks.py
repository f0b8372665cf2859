# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Deprecated place of `Callback`: import it from `ppclas_core.training.callbacks`."""

from __future__ import annotations

import warnings
from typing import Any


def __getattr__(name: str) -> Any:
    """Return `Callback`, with a `DeprecationWarning`; no other name is here."""
    if name != "Callback":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ppclas_core.training.callbacks import Callback

    warnings.warn(f"{__name__}.Callback is deprecated: import it from ppclas_core.training.callbacks",
                  DeprecationWarning, stacklevel=2)
    return Callback
