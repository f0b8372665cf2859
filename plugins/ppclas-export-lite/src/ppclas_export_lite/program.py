# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of a ProgramDesc to the operator definitions of Paddle 2.4, which Paddle-Lite 2.13 expects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, Iterator

if TYPE_CHECKING:
    from types import ModuleType

    from paddle.base.proto.framework_pb2 import BlockDesc, OpDesc

VIEWS = ("flatten2", "flatten_contiguous_range", "reshape2", "squeeze2", "transpose2", "unsqueeze2")
"""Operators with a second output XShape in Paddle 2.4, for the backward pass; Paddle-Lite segfaults without it."""
DEFAULTS = {"relu6": ("threshold", 6.0), "swish": ("beta", 1.0)}
"""Attributes that Paddle-Lite requires, and that later versions of Paddle treat as constants."""
VALUES = {0: ("bool_values", "ints", "b"), 2: ("int32_values", "ints", "i"), 3: ("int64_values", "longs", "i"),
          5: ("fp32_values", "floats", "r")}
"""Per dtype of `assign_value`: the old attribute, its field, and the field of the new scalars."""


def rewrite(program: bytes) -> bytes:
    """Return an equivalent program for Paddle-Lite; a program that is compatible already is returned unchanged.

    Args:
        program: a serialized ProgramDesc (`.pdmodel`).

    Raises:
        google.protobuf.message.DecodeError: the bytes are not a ProgramDesc.
    """
    from paddle.base.proto import framework_pb2 as proto

    description = proto.ProgramDesc.FromString(program)
    for block in description.blocks:
        for number, operator in enumerate(block.ops):
            if operator.type in VIEWS:
                _add_shape_output(block, operator, f"ppclas_xshape_{number}")
            elif operator.type in DEFAULTS:
                name, value = DEFAULTS[operator.type]
                if not any(_named(operator.attrs, name)):
                    operator.attrs.add(name=name, type=proto.FLOAT, f=value)
            elif operator.type == "assign_value":
                _separate_values(operator, proto)
    return bytes(description.SerializeToString())


def _add_shape_output(block: BlockDesc, operator: OpDesc, name: str) -> None:
    """Add the output XShape, unless the operator has it."""
    outputs = {output.parameter: output for output in operator.outputs}
    if "XShape" in outputs and outputs["XShape"].arguments:
        return
    kept = next(variable for variable in block.vars if variable.name == outputs["Out"].arguments[0])
    block.vars.add().CopyFrom(kept)
    block.vars[-1].name = name
    output = outputs.get("XShape") or operator.outputs.add(parameter="XShape")
    output.arguments.append(name)


def _separate_values(operator: OpDesc, proto: ModuleType) -> None:
    """Replace the attribute `values` (scalars of any type) by the attribute of the dtype."""
    scalars = list(_named(operator.attrs, "values"))
    if not scalars or scalars[0].type != proto.SCALARS:
        return
    dtype = next(_named(operator.attrs, "dtype")).i
    if dtype not in VALUES:
        return  # opt then reports the operator
    name, field, scalar = VALUES[dtype]
    values = [getattr(each, scalar) for each in scalars[0].scalars]
    operator.attrs.remove(scalars[0])
    attribute = operator.attrs.add(name=name, type=getattr(proto, field.upper()))
    getattr(attribute, field).extend(map(int, values) if field != "floats" else values)


def _named(attributes: Iterable[OpDesc.Attr], name: str) -> Iterator[OpDesc.Attr]:
    """Yield the attributes with a name."""
    return (attribute for attribute in attributes if attribute.name == name)
