# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Load a bundle with the engine of its format."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

from ppclas_core.export.bundle import Bundle
from ppclas_core.export.formats import find_format
from ppclas_core.plugins import signature
from ppclas_core.plugins.catalogue import resolve

Engine = Callable[[np.ndarray], np.ndarray]
"""Batch as the bundle takes it -> logits (N, num_classes) float32; log-probabilities where the bundle gives those."""


def load_engine(bundle: Bundle, **options: Any) -> Engine:
    """The callable that runs a bundle.

    Args:
        options: for the `load` of the format (`threads`, `device`), checked by name; None leaves its default.

    Raises:
        UserError: the format is not installed, or its engine has no such option.
    """
    entry = find_format(bundle.format)
    load = resolve(entry.record.load, owner=f"engine of '{entry.record.name}' ({entry.owner})")
    given = {key: value for key, value in options.items() if value is not None}
    bound = signature.bind(load, given, owner=f"the engine of '{bundle.format}'", hidden=("folder",))
    engine: Engine = load(bundle.path, **bound)
    return engine
