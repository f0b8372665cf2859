# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Run folders: checkpoints, log, lock, and the terms of a run, which must not change when it resumes.

Imports inside functions: only a log on a terminal needs rich, for its progress bar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "locked": "ppclas_core.runs.lock",
    "Meta": "ppclas_core.runs.meta",
    "META_FILE": "ppclas_core.runs.meta",
    "resolve_checkpoint": "ppclas_core.runs.locate",
    "RunFolder": "ppclas_core.runs.folder",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from ppclas_core.runs.folder import RunFolder as RunFolder
    from ppclas_core.runs.locate import resolve_checkpoint as resolve_checkpoint
    from ppclas_core.runs.lock import locked as locked
    from ppclas_core.runs.meta import META_FILE as META_FILE
    from ppclas_core.runs.meta import Meta as Meta

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
