# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Contexts in which Paddle 3 builds and runs programs in the legacy IR of Paddle 2.

The new IR (PIR) cannot select oneDNN for convolutions. With Paddle 2 the contexts do nothing.
"""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator

import paddle

from ppclas_core.system import cores_per_process, restore_math_threads, set_math_threads

if TYPE_CHECKING:
    from paddle.base.framework import Variable

_RUNNING = {"FLAGS_enable_pir_in_executor": False, "FLAGS_enable_pir_with_pt_in_dy2st": False,
            "FLAGS_new_executor_serial_run": True}
"""Flags while a program runs.

With the defaults of the first two, Paddle 3.3 translates the legacy program to PIR and frees memory that the backward
pass still reads: gradients are wrong, or the process crashes. With the default of the third, operators run in any free
thread; oneDNN caches buffers per thread, so memory grows over many steps.
"""

_NATIVE = ("abs", "ceil", "cos", "exp", "floor", "log", "rsqrt", "sigmoid", "sign", "sin", "sqrt", "tanh")
"""Functions of one tensor that Paddle 3.3 moved to C++ without a legacy implementation.

A model that uses another function of this kind cannot be compiled.
"""


def has_pir() -> bool:
    """Return whether this Paddle has PIR."""
    return hasattr(paddle.pir_utils, "OldIrGuard")


@contextmanager
def legacy_building() -> Iterator[None]:
    """Build programs in the legacy IR inside the block; a model that branches on tensor values raises a TypeError."""
    switch = has_pir() and paddle.get_flags("FLAGS_enable_pir_api")["FLAGS_enable_pir_api"]
    if switch:
        paddle.set_flags({"FLAGS_enable_pir_api": False})
        paddle.pir_utils._switch_to_old_ir_()
    try:
        with _legacy_functions(), _no_branches():
            yield
    finally:
        if switch:
            paddle.set_flags({"FLAGS_enable_pir_api": True})
            paddle.pir_utils._switch_to_pir_()


class LegacyRunning:
    """Settings for programs in the legacy IR, on all cores, from a forward pass to the end of its backward pass.

    If several processes of a run are on one machine, the cores are divided among them.
    """

    def __init__(self) -> None:
        self._before: Dict[str, Any] = {}

    def begin(self) -> None:
        """Set flags and threads; a second call changes nothing."""
        set_math_threads(cores_per_process())
        if not self._before and has_pir():
            self._before = paddle.get_flags(list(_RUNNING))
            paddle.set_flags(_RUNNING)

    def end(self) -> None:
        """Restore flags and threads; without `begin`, nothing changes."""
        restore_math_threads()
        if self._before:
            paddle.set_flags(self._before)
            self._before = {}


@contextmanager
def _legacy_functions() -> Iterator[None]:
    """Provide a legacy implementation for the functions in `_NATIVE` inside the block."""
    from paddle import _C_ops

    native = {name: getattr(_C_ops, name) for name in _NATIVE if has_pir() and hasattr(_C_ops, name)}
    for name, function in native.items():
        setattr(_C_ops, name, _with_legacy(name, function))
    try:
        yield
    finally:
        for name, function in native.items():
            setattr(_C_ops, name, function)


@contextmanager
def _no_branches() -> Iterator[None]:
    """Forbid branches on tensors inside the block.

    A tensor of a program has no value and counts as true, so only one branch would be compiled.
    """
    from paddle.base.framework import Variable

    def refuse(variable: Variable) -> bool:
        frame = inspect.currentframe()
        caller = frame.f_back if frame is not None else None
        if caller is not None and caller.f_globals.get("__name__", "").startswith("paddle."):
            return True  # Paddle checks whether a variable is None
        raise TypeError("the model branches on the values of a tensor")

    original = vars(Variable).get("__bool__")
    Variable.__bool__ = refuse
    try:
        yield
    finally:
        if original is None:
            del Variable.__bool__
        else:
            Variable.__bool__ = original


def _with_legacy(name: str, native: Callable[..., object]) -> Callable[..., object]:
    """Return a function that calls `native`, or appends an operator to a legacy program if `x` is a variable of it."""
    from paddle.base import framework, unique_name

    # replaces an operator of Paddle, whose parameters it passes on
    def function(x: object, *args: object, **kwargs: object) -> object:
        if not isinstance(x, framework.Variable):
            return native(x, *args, **kwargs)
        block = framework.default_main_program().current_block()
        out = block.create_var(name=unique_name.generate(name), dtype=x.dtype, persistable=False)
        block.append_op(type=name, inputs={"X": [x]}, outputs={"Out": [out]})
        return out

    return function
