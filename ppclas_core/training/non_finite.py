# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Stop a training whose loss is no longer finite."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Callable, List

import numpy as np

from ppclas_core.data.loader import Batch
from ppclas_core.errors import UserError

LIMIT = 3
"""Number of consecutive losses that are not finite after which training stops."""


class NonFiniteLosses:
    """Counter of consecutive losses that are not finite.

    Args:
        path_of: index of a training sample -> its path.
        folder: the run folder, for error messages.
    """

    def __init__(self, path_of: Callable[[int], str], folder: Path) -> None:
        self._path_of = path_of
        self._folder = folder
        self._samples: List[np.ndarray] = []  # indices of the samples of each of these steps

    def reset(self) -> None:
        """Set the count to 0."""
        self._samples = []

    def check(self, loss: float, batch: Batch, *, where: str, lr: float) -> None:
        """Count the loss of a step.

        Args:
            loss: loss of the step.
            batch: batch of the step.
            where: position of the step, for the error message.
            lr: learning rate of the step.

        Raises:
            UserError: `LIMIT` consecutive losses were not finite. The message lists the images of the first step.
        """
        self._samples = [] if math.isfinite(loss) else [*self._samples, batch.indices]
        if len(self._samples) < LIMIT:
            return
        paths = [self._path_of(int(index)) for index in self._samples[0]]
        shown = "\n    ".join(paths[:20] + ([f"... and {len(paths) - 20} more"] if len(paths) > 20 else []))
        raise UserError(
            f"the loss was {loss} for {LIMIT} steps in a row (learning rate {lr:g})", where=where,
            do=f"lower LEARNING_RATE.params.lr, or check the images of the first such batch:\n    {shown}\n"
               f"  the checkpoints before it are in {self._folder}")
