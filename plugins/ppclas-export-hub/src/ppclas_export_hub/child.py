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
from typing import Any


def load(folder: str, threads: str, gpu: str) -> Any:
    """Return the method `logits` of the class in a module folder."""
    stand_in()
    place, name = os.path.split(folder)
    sys.path.insert(0, place)
    classifier = importlib.import_module(f"{name}.module").Classifier
    return classifier(threads=int(threads), gpu=int(gpu) if gpu else None).logits


def stand_in() -> None:
    """Make `from paddlehub.module.module import moduleinfo, serving` work without PaddleHub."""
    if importlib.util.find_spec("paddlehub") is not None:
        return
    for name in ("paddlehub", "paddlehub.module", "paddlehub.module.module"):
        sys.modules[name] = types.ModuleType(name)
    module: Any = sys.modules["paddlehub.module.module"]
    module.moduleinfo = lambda **facts: lambda decorated: decorated
    module.serving = lambda decorated: decorated
