# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the callback `VisualDL`."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Callback, hookimpl


@hookimpl
def ppclas_callbacks() -> Iterable[Callback]:
    """Return the callback `VisualDL`."""
    return [Callback("VisualDL", "ppclas_log_visualdl.callback:VisualDL", doc="training curves for VisualDL")]
