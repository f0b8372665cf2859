# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Export of a checkpoint to a bundle, verified by the runtime of its format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "Artefact": "ppclas_core.export.request",
    "BF16_LIMIT": "ppclas_core.export.inference",
    "check_files": "ppclas_core.export.verification",
    "export": "ppclas_core.export.write",
    "export_inference": "ppclas_core.export.inference",
    "ExportFailed": "ppclas_core.bundles.errors",
    "ExportRequest": "ppclas_core.export.request",
    "INPUT_NAME": "ppclas_core.export.request",
    "model_files": "ppclas_core.export.inference",
    "verify": "ppclas_core.export.verification",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from ppclas_core.bundles.errors import ExportFailed as ExportFailed
    from ppclas_core.export.inference import BF16_LIMIT as BF16_LIMIT
    from ppclas_core.export.inference import export_inference as export_inference
    from ppclas_core.export.inference import model_files as model_files
    from ppclas_core.export.request import INPUT_NAME as INPUT_NAME
    from ppclas_core.export.request import Artefact as Artefact
    from ppclas_core.export.request import ExportRequest as ExportRequest
    from ppclas_core.export.verification import check_files as check_files
    from ppclas_core.export.verification import verify as verify
    from ppclas_core.export.write import export as export

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
