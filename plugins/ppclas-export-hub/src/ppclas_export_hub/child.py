# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Child program of `ChildRuntime` with the class of a module folder, as PaddleHub loads it.

Without PaddleHub, its two decorators are replaced by decorators that do nothing.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import types
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    import numpy as np


def load(folder: str, threads: str, gpu: str) -> Callable[[np.ndarray], np.ndarray]:
    """Return the method `logits` of the class in a module folder."""
    replace_missing_paddlehub()
    parent, name = os.path.split(folder)
    sys.path.insert(0, parent)
    classifier = importlib.import_module(f"{name}.module").Classifier
    logits: Callable[[np.ndarray], np.ndarray] = classifier(threads=int(threads), gpu=int(gpu) if gpu else None).logits
    return logits


def replace_missing_paddlehub() -> None:
    """Make `from paddlehub.module.module import moduleinfo, serving` work without PaddleHub."""
    if importlib.util.find_spec("paddlehub") is not None:
        return
    for name in ("paddlehub", "paddlehub.module", "paddlehub.module.module"):
        sys.modules[name] = types.ModuleType(name)
    module: Any = sys.modules["paddlehub.module.module"]
    module.moduleinfo = lambda **metadata: lambda decorated: decorated
    module.serving = lambda decorated: decorated
