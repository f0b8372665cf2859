# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Selection of oneDNN for the convolutions of a program while it is built.

The attribute `use_mkldnn` of an operator selects oneDNN; no Python API sets it. The backward operators inherit it. The
tensors of such a convolution have a blocked layout, so two identities must be added around it:

- One before the filter: its backward returns the gradient of the parameter in the plain layout, which optimizers and
  gradient clipping expect.
- One between the output and any operator other than batch norm or convolution. Otherwise the backward of operators that
  need only the shape of their input (concat, slice, addition) would convert a blocked tensor whose memory is already
  freed.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, Optional, Tuple

if TYPE_CHECKING:
    from paddle.base.framework import Block, Variable

CONVOLUTIONS = ("conv2d", "depthwise_conv2d")
"""Operators that use oneDNN; others gain nothing, and the backward of some fails with oneDNN."""


class _Writer:
    """Replacement of `Block.append_op` while one program is built.

    Args:
        append_op: the original method.
    """

    def __init__(self, append_op: Callable[..., object]) -> None:
        self._append_op = append_op
        self._plain: Dict[str, Optional[Variable]] = {}  # plain copy of each blocked output, created on demand

    def append_op(self, block: Block, args: Tuple[object, ...], kwargs: Dict[str, Any]) -> object:
        """Append an operator to a block; a convolution uses oneDNN, and other operators get plain inputs."""
        kind = kwargs.get("type")
        if kind in CONVOLUTIONS:
            inputs = dict(kwargs["inputs"])
            inputs["Filter"] = [self._identity(block, _first(inputs["Filter"]))]
            kwargs.update(inputs=inputs, attrs={**(kwargs.get("attrs") or {}), "use_mkldnn": True})
            self._plain[_first(kwargs["outputs"]["Output"]).name] = None
        elif kind != "batch_norm":
            kwargs["inputs"] = {slot: self._plain_inputs(block, value)
                                for slot, value in (kwargs.get("inputs") or {}).items()}
        return self._append_op(block, *args, **kwargs)

    def _plain_inputs(self, block: Block, value: object) -> object:
        if isinstance(value, (list, tuple)):
            return [self._plain_input(block, item) for item in value]
        return self._plain_input(block, value)

    def _plain_input(self, block: Block, variable: object) -> object:
        name = getattr(variable, "name", None)
        if name is None or name not in self._plain:
            return variable
        if self._plain[name] is None:
            self._plain[name] = self._identity(block, variable)
        return self._plain[name]

    def _identity(self, block: Block, variable: Variable) -> Variable:
        """Append an identity and return its output."""
        from paddle.base import unique_name

        copy = block.create_var(name=unique_name.generate("plain"), dtype=variable.dtype, shape=variable.shape,
                                persistable=False, stop_gradient=variable.stop_gradient)
        self._append_op(block, type="scale", inputs={"X": [variable]}, outputs={"Out": [copy]},
                        attrs={"scale": 1.0, "bias": 0.0, "bias_after_scale": True})
        return copy


@contextmanager
def onednn_convolutions() -> Iterator[None]:
    """Build programs with the convolutions of oneDNN inside the block."""
    from paddle.base.framework import Block

    original = Block.append_op
    writer = _Writer(original)

    # replaces `Block.append_op` of Paddle, whose parameters it passes on
    def append_op(block: Block, *args: object, **kwargs: object) -> object:
        return writer.append_op(block, args, kwargs)

    Block.append_op = append_op
    try:
        yield
    finally:
        Block.append_op = original


def _first(value: object) -> Variable:
    return value[0] if isinstance(value, (list, tuple)) else value
