# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Forward pass of training steps: the model, a compiled program, or the replacement of a callback."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Callable, Sequence, Union

import paddle
from paddle import nn

from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.system.rank import Rank

if TYPE_CHECKING:
    from ppclas_core.training.callbacks import Callback

_log = logging.getLogger(__name__)

Forward = Callable[[paddle.Tensor], Union[paddle.Tensor, Sequence[paddle.Tensor]]]
"""images (N, C, H, W) float32 -> logits (N, K), or (main, aux...) logits in training mode."""


def build_forward(model: nn.Layer, callbacks: Sequence[Callback], image_shape: Sequence[int], *, to_static: bool,
                  rank: Rank) -> Forward:
    """Return the forward pass of training steps.

    Args:
        model: the model.
        callbacks: callbacks of the run; each may replace the forward pass.
        image_shape: channels, height, width.
        to_static: compile the model, unless a callback replaces the forward pass or changes layers.
        rank: this process; with several processes the result exchanges gradients.
    """
    forward: Forward = model
    for callback in callbacks:
        with catalogue().calling_object("callback", callback):
            forward = callback.on_model_built(forward, paddle.zeros([1, *image_shape]))
    changed = any(callback.changes_layers for callback in callbacks)
    if to_static and forward is model and not changed:
        forward = compiled(model)
    elif to_static:
        _log.info("to_static: not used, as a callback computes the training steps")
    if rank.world > 1:
        forward = paddle.DataParallel(forward if isinstance(forward, nn.Layer) else CallableLayer(model, forward))
    return forward


def compiled(model: nn.Layer) -> Forward:
    """Return the forward pass of a model as one static program per input shape; the model is not changed."""
    program: Forward = paddle.jit.to_static(model.forward, full_graph=True)
    return program


class CallableLayer(nn.Layer):
    """Layer with the parameters of `model` whose forward pass is a callable; data parallelism needs a layer."""

    def __init__(self, model: nn.Layer, forward: Forward) -> None:
        super().__init__()
        self.model = model
        self._call = forward

    def forward(self, images: paddle.Tensor) -> Union[paddle.Tensor, Sequence[paddle.Tensor]]:
        """Return the result of the callable."""
        return self._call(images)
