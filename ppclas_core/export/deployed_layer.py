# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Layer for export: the model with optional normalization before it and softmax after it."""

from __future__ import annotations

from typing import Optional

import paddle
import paddle.nn.functional as F
from paddle import nn

from ppclas_core.bundles.normalization import Split


class Deployed(nn.Layer):
    """Layer from `image` to logits, or to probabilities with `softmax`.

    Args:
        model: layer from float32 (N, C, H, W) to (N, num_classes).
        softmax: append a softmax.
        normalization: the input is uint8 (N, H, W, C) and is normalized as by `NormalizeImage`.
    """

    def __init__(self, model: nn.Layer, *, softmax: bool = False, normalization: Optional[Split] = None) -> None:
        super().__init__()
        self.model = model
        self._softmax = softmax
        self._scale = None if normalization is None else normalization.scale
        if normalization is not None:
            self.register_buffer("mean", paddle.to_tensor([[[normalization.mean]]], dtype="float32"))
            self.register_buffer("std", paddle.to_tensor([[[normalization.std]]], dtype="float32"))

    def forward(self, image: paddle.Tensor) -> paddle.Tensor:
        """Map `image` to logits or probabilities."""
        if self._scale is not None:
            image = (image.astype("float32") * self._scale - self.mean) / self.std
            image = image.transpose([0, 3, 1, 2])
        logits = self.model(image)
        return F.softmax(logits) if self._softmax else logits
