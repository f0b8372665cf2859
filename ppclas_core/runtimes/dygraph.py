# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Run a checkpoint as it was trained, layer by layer."""

from __future__ import annotations

from typing import Optional

import numpy as np
import paddle

from ppclas_core.models.checkpoint import Checkpoint, load_model


class DygraphRuntime:
    """float32 (N, C, H, W) -> logits (N, num_classes) float32.

    Args:
        device: `cpu`, `gpu` or `gpu:N`; None: a GPU where Paddle can use one.

    Raises:
        UserError: no such device, or the model cannot be built.
    """

    def __init__(self, checkpoint: Checkpoint, *, device: Optional[str] = None) -> None:
        from ppclas_core.system.device import choose_device

        choose_device({"device": device or "auto"})
        self._model, _ = load_model(checkpoint)

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """See the class."""
        with paddle.no_grad():
            return np.asarray(self._model(paddle.to_tensor(batch)).numpy())
