# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Deployable bundles: model files with labels, preprocessing and a golden batch, verified by their own engine."""

from __future__ import annotations

from ppclas_core.export.bundle import Bundle, read_bundle
from ppclas_core.export.errors import ExportFailed
from ppclas_core.export.request import Artefact, ExportRequest
from ppclas_core.export.verify import verify
from ppclas_core.export.write import export

__all__ = ["Artefact", "Bundle", "ExportFailed", "ExportRequest", "export", "read_bundle", "verify"]
