# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Export of a ProgramDesc with Paddle 3, for Paddle 2, Paddle-Lite, Serving and OpenVINO."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Callable, Iterator

if TYPE_CHECKING:
    import paddle

ELEMENTWISE = ("abs", "exp", "floor", "log", "rsqrt", "sigmoid", "sqrt", "tanh")
"""Operators that Paddle 3.3 calls through `_C_ops` even while it builds a ProgramDesc, where the call fails."""


@contextlib.contextmanager
def legacy_program() -> Iterator[None]:
    """Make `paddle.jit.save` write a ProgramDesc in this context; Paddle 2 always does."""
    import paddle

    if not hasattr(paddle.pir_utils, "OldIrGuard"):
        yield
        return
    from paddle import _C_ops as operators

    before = {name: getattr(operators, name) for name in ELEMENTWISE}
    for name, function in before.items():
        setattr(operators, name, _in_either_form(name, function))
    try:
        with paddle.pir_utils.OldIrGuard():
            yield
    finally:
        for name, function in before.items():
            setattr(operators, name, function)


def _in_either_form(name: str, function: Callable[..., paddle.Tensor]) -> Callable[..., paddle.Tensor]:
    """Return a wrapper of an operator: on tensors it calls it; to the block of a ProgramDesc variable it appends it."""
    import paddle

    def call(x: paddle.Tensor, *rest: object) -> paddle.Tensor:
        if not isinstance(x, paddle.base.framework.Variable):
            return function(x, *rest)
        helper = paddle.base.layer_helper.LayerHelper(name)
        out = helper.create_variable_for_type_inference(dtype=x.dtype)
        helper.append_op(type=name, inputs={"X": x}, outputs={"Out": out})
        return out

    return call
