# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Runtimes that run a network for inference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "ChildRuntime": "ppclas_core.runtimes.child_process",
    "converted_file": "ppclas_core.runtimes.conversion_cache",
    "PaddleRuntime": "ppclas_core.runtimes.paddle_inference",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from ppclas_core.runtimes.child_process import ChildRuntime as ChildRuntime
    from ppclas_core.runtimes.conversion_cache import converted_file as converted_file
    from ppclas_core.runtimes.paddle_inference import PaddleRuntime as PaddleRuntime

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
