# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Mean loss over samples."""

from __future__ import annotations

from ppclas_core.metrics.metric import CountMetric
from ppclas_core.metrics.outputs import Outputs


class MeanLoss(CountMetric[Outputs]):
    """Mean loss; each batch is weighted by its number of samples."""

    name = "loss"
    mode = "min"
    keys = ("samples", "loss")

    samples: int
    loss: float

    def update(self, outputs: Outputs) -> None:
        """Add the loss of one batch."""
        self.samples += len(outputs)
        self.loss += outputs.loss * len(outputs)

    def compute(self) -> float:
        """Return the mean."""
        return self.loss / max(self.samples, 1)
