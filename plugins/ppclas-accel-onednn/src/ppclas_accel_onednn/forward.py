# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The layer that training calls instead of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Tuple, Union

import paddle
from paddle import nn

from ppclas_accel_onednn.convolutions import onednn_convolutions
from ppclas_accel_onednn.legacy import LegacyRunning, legacy_building

if TYPE_CHECKING:
    from paddle.jit.dy2static.partial_program import PartialProgramLayer

Outputs = Union[paddle.Tensor, Tuple[paddle.Tensor, ...]]


class Accelerated(nn.Layer):
    """Layer that computes training steps by a program with the convolutions of oneDNN, and else calls the model.

    The program works on the parameters and buffers of the model, so evaluation, checkpoints and exports of the model
    are not affected. It is not used in evaluation, because there it would keep the weights of its first call.

    Args:
        model: the model in training mode.
        shape: shape [C, H, W] of the images.

    Attributes:
        enabled: whether training uses the program; `running.end` must then be called after each backward pass.
        running: settings of Paddle while the program runs.

    Raises:
        Exception: the model cannot be compiled to a program; Paddle raises exceptions of many types.
    """

    def __init__(self, model: nn.Layer, shape: List[int]) -> None:
        super().__init__()
        self.model = model
        self.running = LegacyRunning()
        self.enabled = True
        self._program = [_build_program(model, shape)]  # in a list, so that it is not a sublayer

    def forward(self, images: paddle.Tensor) -> Outputs:
        """Return the outputs of the model for images (N, C, H, W) float32."""
        if not (self.enabled and self.model.training):
            return self.model(images)
        self.running.begin()
        output = self._program[0]([images])
        if isinstance(output, (list, tuple)):
            return output[0] if len(output) == 1 else tuple(output)
        return output


class _Wrapper(nn.Layer):
    """Wrapper of the model; `to_static` changes the wrapper instead of the model."""

    def __init__(self, model: nn.Layer) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: paddle.Tensor) -> Outputs:
        return _call_unchanged(self.model, images)


def _call(model: nn.Layer, images: paddle.Tensor) -> Outputs:
    return model(images)


_call_unchanged = paddle.jit.not_to_static(_call)
"""Calls the model without the source rewriting of `to_static`, which would transform every layer."""


def _build_program(model: nn.Layer, shape: List[int]) -> PartialProgramLayer:
    """Build the program of the model's forward and backward pass for any batch size."""
    wrapper = _Wrapper(model)
    spec = paddle.static.InputSpec([None, *shape], "float32", "images")
    with legacy_building(), onednn_convolutions():
        static = paddle.jit.to_static(wrapper, input_spec=[spec], full_graph=True)
        _, program = static.forward.get_concrete_program(paddle.zeros([2, *shape]))
        _ = program.forward_program, program.backward_program  # builds both now, inside the contexts
    return program
