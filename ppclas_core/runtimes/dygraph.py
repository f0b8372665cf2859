# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Runtime `dygraph`: runs a checkpoint eagerly, as in training."""

from __future__ import annotations

from typing import Optional

import numpy as np
import paddle

from ppclas_core.models.checkpoint import Checkpoint, load_model
from ppclas_core.system.device import choose_device


class DygraphRuntime:
    """Runtime from float32 (N, C, H, W) to logits (N, num_classes) float32.

    Args:
        checkpoint: the weights and their metadata.
        device: `cpu`, `gpu` or `gpu:N`; None: a GPU if Paddle can use one.

    Raises:
        UserError: there is no such device, or the model cannot be built.
    """

    def __init__(self, checkpoint: Checkpoint, *, device: Optional[str] = None) -> None:
        choose_device(device or "auto")
        self._model, _ = load_model(checkpoint)

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """Map a batch to logits."""
        with paddle.no_grad():
            return np.asarray(self._model(paddle.to_tensor(batch)).numpy())
