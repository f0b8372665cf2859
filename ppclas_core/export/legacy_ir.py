# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Export of a ProgramDesc with Paddle 3, for Paddle 2, Paddle-Lite, Serving and OpenVINO."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Iterator

ELEMENTWISE = ("abs", "exp", "floor", "log", "rsqrt", "sigmoid", "sqrt", "tanh")
"""Operators that Paddle 3.3 calls through `_C_ops` even in a ProgramDesc, which fails."""


@contextlib.contextmanager
def old_form(paddle: Any) -> Iterator[None]:
    """Make `paddle.jit.save` write a ProgramDesc in this context; Paddle 2 always does."""
    if not hasattr(paddle.pir_utils, "OldIrGuard"):
        yield
        return
    operators = paddle._C_ops
    before = {name: getattr(operators, name) for name in ELEMENTWISE}
    for name, function in before.items():
        setattr(operators, name, _either(paddle, name, function))
    try:
        with paddle.pir_utils.OldIrGuard():
            yield
    finally:
        for name, function in before.items():
            setattr(operators, name, function)


def _either(paddle: Any, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a wrapper of `function` that appends the operator to the block of a ProgramDesc's variable instead."""

    def call(x: Any, *rest: Any) -> Any:
        if not isinstance(x, paddle.base.framework.Variable):
            return function(x, *rest)
        helper = paddle.base.layer_helper.LayerHelper(name)
        out = helper.create_variable_for_type_inference(dtype=x.dtype)
        helper.append_op(type=name, inputs={"X": x}, outputs={"Out": out})
        return out

    return call
