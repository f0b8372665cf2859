# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The layer that training calls in place of the model."""

from __future__ import annotations

from typing import Any, List

import paddle
from paddle import nn

from ppclas_accel_onednn.convolutions import onednn_convolutions
from ppclas_accel_onednn.legacy import Running, writing


class Accelerated(nn.Layer):
    """Gives what the model gives, in training by a program with the convolutions of oneDNN, else by the model itself.

    The program works on the parameters and statistics of the model: nothing is copied, and the model, which is
    evaluated, saved and exported, knows nothing of it. In evaluation such a program would answer with the weights of
    its first call for ever, so it is never used there.

    Args:
        model: in train mode.
        shape: [C, H, W] of the images.

    Attributes:
        on: whether training uses the program; `running` must then end after each backward pass.

    Raises:
        Exception: whatever Paddle raises where the model cannot be written as a program.
    """

    def __init__(self, model: nn.Layer, shape: List[int]) -> None:
        super().__init__()
        self.model = model
        self.running = Running()
        self.on = True
        self._program = [_program(model, shape)]  # in a list: not a part of this layer

    def forward(self, images: paddle.Tensor) -> Any:
        """(N, C, H, W) float32 -> the outputs of the model."""
        if not (self.on and self.model.training):
            return self.model(images)
        self.running.begin()
        output = self._program[0]([images])
        if isinstance(output, (list, tuple)):
            return output[0] if len(output) == 1 else tuple(output)
        return output


class _Whole(nn.Layer):
    """A layer of its own around the model, as `to_static` changes the layer that it is given."""

    def __init__(self, model: nn.Layer) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: paddle.Tensor) -> Any:
        return _call(self.model, images)


@paddle.jit.not_to_static
def _call(model: nn.Layer, images: paddle.Tensor) -> Any:
    """Runs as it stands while the program is written; Paddle would otherwise rewrite the source of every layer."""
    return model(images)


def _program(model: nn.Layer, shape: List[int]) -> Any:
    """The program of a forward and a backward pass of the model, for any batch size."""
    whole: Any = _Whole(model)  # `to_static` replaces its forward by an object with more methods
    spec = paddle.static.InputSpec([None, *shape], "float32", "images")
    with writing(), onednn_convolutions():
        paddle.jit.to_static(whole, input_spec=[spec], full_graph=True)
        _, program = whole.forward.get_concrete_program(paddle.zeros([2, *shape]))
        _ = program.forward_program, program.backward_program  # otherwise written at the first call, outside of this
    return program
