# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Deployable bundles: model files with labels, preprocessing and a golden batch, verified by their own runtime.

Each name is imported at first use, so that listing formats loads neither Paddle nor numpy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_API = {
    "Artefact": "ppclas_core.export.request",
    "Bundle": "ppclas_core.bundles.bundle",
    "ExportFailed": "ppclas_core.bundles.errors",
    "ExportRequest": "ppclas_core.export.request",
    "export": "ppclas_core.export.write",
    "read_bundle": "ppclas_core.bundles.bundle",
    "verify": "ppclas_core.export.verification",
}
__all__ = ["Artefact", "Bundle", "ExportFailed", "ExportRequest", "export", "read_bundle", "verify"]

if TYPE_CHECKING:
    from ppclas_core.bundles.bundle import Bundle, read_bundle
    from ppclas_core.bundles.errors import ExportFailed
    from ppclas_core.export.request import Artefact, ExportRequest
    from ppclas_core.export.verification import verify
    from ppclas_core.export.write import export


def __getattr__(name: str) -> Any:
    if name not in _API:
        raise AttributeError(f"module 'ppclas_core.export' has no attribute '{name}'")
    return getattr(importlib.import_module(_API[name]), name)
