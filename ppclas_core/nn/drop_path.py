# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Stochastic depth."""

from __future__ import annotations

import paddle
from paddle import nn


class DropPath(nn.Layer):
    """Layer that drops the residual branch of random samples in training and scales the others by 1 / (1 - p).

    Source: Deep networks with stochastic depth (2016).

    Args:
        p: drop probability, 0 <= p < 1. In evaluation the layer is the identity.
    """

    def __init__(self, p: float = 0.0) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: paddle.Tensor) -> paddle.Tensor:
        """Apply the layer to (N, ...); the shape is unchanged."""
        if not self.training or self.p == 0.0:
            return x
        keep = 1.0 - self.p
        count = x.shape[0] if paddle.in_dynamic_mode() else paddle.shape(x)[0]  # static programs: any batch size
        shape = [count] + [1] * (x.ndim - 1)
        mask = paddle.floor(paddle.rand(shape, dtype="float32") + keep).astype(x.dtype)
        return x / keep * mask
