# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Runtime `dygraph`: runs a checkpoint, or a model object, eagerly as in training."""

from __future__ import annotations

from typing import Optional

import numpy as np
import paddle
from paddle import nn

from ppclas_core.bundles.own_model import run_layer
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


class LayerRuntime:
    """Runtime of a model object of the user, from float32 (N, C, H, W) to logits (N, num_classes) float32.

    Each call runs the model with its present weights in evaluation mode, where its parameters are.

    Args:
        layer: the model.
    """

    def __init__(self, layer: nn.Layer) -> None:
        self._layer = layer

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """Map a batch to logits."""
        return run_layer(self._layer, batch)
