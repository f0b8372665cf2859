# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Contexts that make Paddle 3 build and run programs in the legacy IR of Paddle 2.

The new IR (PIR) has no way to select oneDNN for convolutions. With Paddle 2 the contexts do nothing.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator

_RUNNING = {"FLAGS_enable_pir_in_executor": False, "FLAGS_enable_pir_with_pt_in_dy2st": False,
            "FLAGS_new_executor_serial_run": True}
"""Flags while a program runs.

Without the first two, Paddle 3.3 translates the legacy program to PIR, and frees memory that the backward pass still
reads: gradients are wrong, or the process crashes. Without the third, operators run in any free thread, and oneDNN
caches buffers per thread: memory grows over many steps.
"""

_NATIVE = ("abs", "ceil", "cos", "exp", "floor", "log", "rsqrt", "sigmoid", "sign", "sin", "sqrt", "tanh")
"""Functions of one tensor that Paddle 3.3 moved to C++ without a legacy implementation.

A model that uses another such function cannot be compiled.
"""


def has_new_form() -> bool:
    """Return whether this Paddle has PIR."""
    import paddle

    return hasattr(paddle.pir_utils, "OldIrGuard")


@contextmanager
def writing() -> Iterator[None]:
    """Build programs in the legacy IR inside the block; a model that branches on tensor values raises TypeError."""
    import paddle

    switch = has_new_form() and paddle.get_flags("FLAGS_enable_pir_api")["FLAGS_enable_pir_api"]
    if switch:
        paddle.set_flags({"FLAGS_enable_pir_api": False})
        paddle.pir_utils._switch_to_old_ir_()
    try:
        with _old_functions(), _no_branches():
            yield
    finally:
        if switch:
            paddle.set_flags({"FLAGS_enable_pir_api": True})
            paddle.pir_utils._switch_to_pir_()


class Running:
    """Settings for running programs in the legacy IR and on all cores, from a forward to the end of its backward pass.

    With several processes on a machine, each uses its part of the cores.
    """

    def __init__(self) -> None:
        self._before: Dict[str, Any] = {}

    def begin(self) -> None:
        """Set flags and threads; a second call changes nothing."""
        import paddle

        from ppclas_core.system import cores_per_process, set_math_threads

        set_math_threads(cores_per_process())
        if not self._before and has_new_form():
            self._before = paddle.get_flags(list(_RUNNING))
            paddle.set_flags(_RUNNING)

    def end(self) -> None:
        """Restore flags and threads; without `begin` nothing changes."""
        import paddle

        from ppclas_core.system import restore_math_threads

        restore_math_threads()
        if self._before:
            paddle.set_flags(self._before)
            self._before = {}


@contextmanager
def _old_functions() -> Iterator[None]:
    """Provide a legacy implementation for the functions in `_NATIVE` inside the block."""
    from paddle import _C_ops

    native = {name: getattr(_C_ops, name) for name in _NATIVE if has_new_form() and hasattr(_C_ops, name)}
    for name, function in native.items():
        setattr(_C_ops, name, _with_old_form(name, function))
    try:
        yield
    finally:
        for name, function in native.items():
            setattr(_C_ops, name, function)


@contextmanager
def _no_branches() -> Iterator[None]:
    """Forbid branches on tensors: they have no value yet, are taken as true, and only one branch would be compiled."""
    from paddle.base.framework import Variable

    def refuse(variable: Any) -> bool:
        if sys._getframe(1).f_globals.get("__name__", "").startswith("paddle."):
            return True  # Paddle checks whether it is None
        raise TypeError("the model branches on the values of a tensor")

    had = "__bool__" in vars(Variable)
    original = vars(Variable).get("__bool__")
    Variable.__bool__ = refuse
    try:
        yield
    finally:
        if had:
            Variable.__bool__ = original
        else:
            del Variable.__bool__


def _with_old_form(name: str, native: Callable[..., Any]) -> Callable[..., Any]:
    def function(x: Any, *args: Any, **kwargs: Any) -> Any:
        from paddle.base import framework, unique_name

        if not isinstance(x, framework.Variable):
            return native(x, *args, **kwargs)
        block = framework.default_main_program().current_block()
        out = block.create_var(name=unique_name.generate(name), dtype=x.dtype, persistable=False)
        block.append_op(type=name, inputs={"X": [x]}, outputs={"Out": [out]})
        return out

    return function
