# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Write a ProgramDesc with Paddle 3, for whatever reads no other form: Paddle 2, Paddle-Lite, Serving, OpenVINO."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Iterator

ELEMENTWISE = ("abs", "exp", "floor", "log", "rsqrt", "sigmoid", "sqrt", "tanh")
"""Operators that Paddle 3.3 calls without asking in which form the program is built, and then refuses the old one."""


@contextlib.contextmanager
def old_form(paddle: Any) -> Iterator[None]:
    """Inside, `paddle.jit.save` writes a ProgramDesc; Paddle 2 knows no other form."""
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
    """Return `function`, and for a variable of a ProgramDesc the operator of that name, added to its block."""

    def call(x: Any, *rest: Any) -> Any:
        if not isinstance(x, paddle.base.framework.Variable):
            return function(x, *rest)
        helper = paddle.base.layer_helper.LayerHelper(name)
        out = helper.create_variable_for_type_inference(dtype=x.dtype)
        helper.append_op(type=name, inputs={"X": x}, outputs={"Out": out})
        return out

    return call
