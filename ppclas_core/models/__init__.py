# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Models built by name or from a checkpoint.

Imports inside functions: a checkpoint is found, described and chosen without Paddle, which takes seconds to import;
only building its model needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "Checkpoint": "ppclas_core.models.checkpoint",
    "create_model": "ppclas_core.models.create",
    "load_model": "ppclas_core.models.checkpoint",
    "on_cpu": "ppclas_core.models.checkpoint",
    "PretrainedSource": "ppclas_core.models.pretrained",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from ppclas_core.models.checkpoint import Checkpoint as Checkpoint
    from ppclas_core.models.checkpoint import load_model as load_model
    from ppclas_core.models.checkpoint import on_cpu as on_cpu
    from ppclas_core.models.create import create_model as create_model
    from ppclas_core.models.pretrained import PretrainedSource as PretrainedSource

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
