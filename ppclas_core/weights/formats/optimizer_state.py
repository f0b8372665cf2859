# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Legacy `.pdopt` file: optimizer values by the variable names of a static program, and a step counter."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Dict

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.weights.formats.pickles import read_pickle

STEP_COUNTER = "@LR_DECAY_COUNTER@"
"""Variable name of the step counter in legacy programs."""


def describe_legacy_optimizer(path: Path) -> str:
    """Describe a `.pdopt` that has no `state.json` beside it, for an error message."""
    state: Dict[str, np.ndarray] = {}
    with contextlib.suppress(UserError):
        content = read_pickle(path)
        state = content if isinstance(content, dict) else {}
    counter = getattr(state.get(STEP_COUNTER), "size", 0)
    holds = f"holds {len(state)} values of the optimizer by the names of its program" if state else "is empty"
    after = f", after {int(state[STEP_COUNTER].reshape(-1)[0])} steps" if counter else ""
    return f"a checkpoint of PaddleClas of 2020{after}: its {path.name} {holds}"
