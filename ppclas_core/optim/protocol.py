# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Types of an optimizer and of its arguments, importable without Paddle.

The functions in `optimizers` are config schemas: their annotations are evaluated at run time, where the Paddle types
stand for any value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Optional, Protocol, Sequence

if TYPE_CHECKING:
    import paddle
    from paddle import nn

    Parameters = Sequence[paddle.Tensor]
    GradClip = Optional[nn.ClipGradBase]
    Regularizer = Optional[paddle.regularizer.WeightDecayRegularizer]
else:
    Parameters = GradClip = Regularizer = Any


class Optimizer(Protocol):
    """The methods of a Paddle optimizer that training calls."""

    def set_lr(self, value: float) -> None:
        """Set the learning rate of the next steps."""

    def step(self) -> None:
        """Update the parameters with their gradients."""

    def clear_grad(self) -> None:
        """Set the gradients to zero."""

    def state_dict(self) -> Mapping[str, object]:
        """Return the accumulators as tensors, by `<parameter name>_<accumulator>` as Paddle names them."""

    def set_state_dict(self, state_dict: Mapping[str, object]) -> None:
        """Set the accumulators."""
