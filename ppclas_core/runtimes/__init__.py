# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Runtimes for inference: `load.load_runtime` maps a `Bundle` to a callable from a batch to logits.

`paddle_inference`, `gpu` and `dygraph` run networks in this process. `child_process` runs one in another Python
interpreter, in which `child_loop` is the program. `conversion_cache` keeps files that a runtime derives from a bundle.

Imports inside functions: the runtimes of a bundle are listed without Paddle, which takes seconds to import.
"""

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
