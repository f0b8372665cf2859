# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Training steps that call a compiled program, or a callback's stand-in for the model."""

from __future__ import annotations

from typing import Any, Callable

import paddle
from paddle import nn


def compiled(model: nn.Layer) -> Callable[[Any], Any]:
    """Return the forward pass of a model as one static program per input shape; the model itself is not changed."""
    program: Callable[[Any], Any] = paddle.jit.to_static(model.forward, full_graph=True)
    return program


class Around(nn.Layer):
    """A layer with the parameters of `model` that calls `forward`: what data parallelism needs."""

    def __init__(self, model: nn.Layer, forward: Callable[[Any], Any]) -> None:
        super().__init__()
        self.model = model
        self._call = forward

    def forward(self, images: paddle.Tensor) -> Any:
        """As the callable does."""
        return self._call(images)
