# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The layer that training calls instead of the model."""

from __future__ import annotations

from typing import Any, List

import paddle
from paddle import nn

from ppclas_accel_onednn.convolutions import onednn_convolutions
from ppclas_accel_onednn.legacy import Running, writing


class Accelerated(nn.Layer):
    """Layer that runs the model by a program with the convolutions of oneDNN in training, else by the model itself.

    The program uses the parameters and buffers of the model without copies, so that evaluation, checkpoints and exports
    of the model are not affected. In evaluation such a program would keep the weights of its first call, so it is not
    used there.

    Args:
        model: the model in training mode.
        shape: shape [C, H, W] of the images.

    Attributes:
        on: whether training uses the program; `running` must then end after each backward pass.

    Raises:
        Exception: any exception of Paddle if the model cannot be compiled to a program.
    """

    def __init__(self, model: nn.Layer, shape: List[int]) -> None:
        super().__init__()
        self.model = model
        self.running = Running()
        self.on = True
        self._program = [_program(model, shape)]  # in a list, so that it is not a sublayer

    def forward(self, images: paddle.Tensor) -> Any:
        """Return the outputs of the model for images (N, C, H, W) float32."""
        if not (self.on and self.model.training):
            return self.model(images)
        self.running.begin()
        output = self._program[0]([images])
        if isinstance(output, (list, tuple)):
            return output[0] if len(output) == 1 else tuple(output)
        return output


class _Whole(nn.Layer):
    """Wrapper of the model, because `to_static` changes the layer that it gets."""

    def __init__(self, model: nn.Layer) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: paddle.Tensor) -> Any:
        return _call(self.model, images)


@paddle.jit.not_to_static
def _call(model: nn.Layer, images: paddle.Tensor) -> Any:
    """Call the model without the source rewriting of `to_static`, which would transform every layer."""
    return model(images)


def _program(model: nn.Layer, shape: List[int]) -> Any:
    """Build the program of the model's forward and backward pass for any batch size."""
    whole: Any = _Whole(model)  # `to_static` replaces its forward by an object with more methods
    spec = paddle.static.InputSpec([None, *shape], "float32", "images")
    with writing(), onednn_convolutions():
        paddle.jit.to_static(whole, input_spec=[spec], full_graph=True)
        _, program = whole.forward.get_concrete_program(paddle.zeros([2, *shape]))
        _ = program.forward_program, program.backward_program  # builds both now, inside the contexts
    return program
