# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Stop a training whose loss is no longer a finite number."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Callable, List

import numpy as np

from ppclas_core.data.loader import Batch
from ppclas_core.errors import UserError

LIMIT = 3
"""Training stops after this many losses in a row that are not finite."""


class NonFiniteLosses:
    """Counts losses in a row that are not finite.

    Args:
        path_of: index of a training sample -> its path.
        folder: the run folder, for messages.
    """

    def __init__(self, path_of: Callable[[int], str], folder: Path) -> None:
        self._path_of, self._folder = path_of, folder
        self._samples: List[np.ndarray] = []  # of each of these steps

    def reset(self) -> None:
        """Forget the losses before."""
        self._samples = []

    def check(self, loss: float, batch: Batch, *, where: str, lr: float) -> None:
        """Count the loss of a step.

        Args:
            where: the step; lr: its learning rate.

        Raises:
            UserError: too many losses in a row were not finite; with the images of the first of these steps.
        """
        self._samples = [] if math.isfinite(loss) else [*self._samples, batch.indices]
        if len(self._samples) < LIMIT:
            return
        paths = [self._path_of(int(index)) for index in self._samples[0]]
        shown = "\n    ".join(paths[:20] + ([f"... and {len(paths) - 20} more"] if len(paths) > 20 else []))
        raise UserError(
            f"the loss was {loss} for {LIMIT} steps in a row (learning rate {lr:g})", where=where,
            do=f"lower LEARNING_RATE.params.lr, or look at the images of the first such batch:\n    {shown}\n"
               f"  the last good checkpoint stays in {self._folder}")
