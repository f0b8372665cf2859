# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What is done to a program before opt sees it, and the head of what opt writes. No paddlelite is needed."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from ppclas_core.errors import UserError
from ppclas_export_lite.naive_buffer import opt_version
from ppclas_export_lite.program import VIEWS, rewrite


@pytest.fixture(scope="module")
def proto() -> Any:
    return pytest.importorskip("paddle.base.proto.framework_pb2")


def program(proto: Any, kind: str) -> Any:
    """A program of one operator, x -> y."""
    description = proto.ProgramDesc()
    block = description.blocks.add(idx=0, parent_idx=-1)
    for name in ("x", "y"):
        block.vars.add(name=name).type.type = 7  # a dense tensor, whatever this Paddle calls it
    operator = block.ops.add(type=kind)
    operator.inputs.add(parameter="X", arguments=["x"])
    operator.outputs.add(parameter="Out", arguments=["y"])
    return description


@pytest.mark.parametrize("kind", VIEWS)
def test_a_view_gets_the_output_that_paddle_has_dropped(proto: Any, kind: str) -> None:
    block = proto.ProgramDesc.FromString(rewrite(program(proto, kind).SerializeToString())).blocks[0]
    outputs = {output.parameter: list(output.arguments) for output in block.ops[0].outputs}
    assert outputs["Out"] == ["y"]
    (added,) = outputs["XShape"]
    assert added in [variable.name for variable in block.vars]
    assert added not in ("x", "y")
    assert next(variable for variable in block.vars if variable.name == added).type.type == 7


def test_an_output_without_a_variable_gets_one(proto: Any) -> None:
    description = program(proto, "reshape2")
    description.blocks[0].ops[0].outputs.add(parameter="XShape")
    block = proto.ProgramDesc.FromString(rewrite(description.SerializeToString())).blocks[0]
    found = [output for output in block.ops[0].outputs if output.parameter == "XShape"]
    assert len(found) == 1
    assert len(found[0].arguments) == 1


@pytest.mark.parametrize("kind", [*VIEWS, "relu", "relu6", "swish", "assign_value"])
def test_a_program_in_the_older_form_stays_as_it_is(proto: Any, kind: str) -> None:
    once = rewrite(program(proto, kind).SerializeToString())
    assert rewrite(once) == once


@pytest.mark.parametrize(("kind", "name", "value"), [("swish", "beta", 1.0), ("relu6", "threshold", 6.0)])
def test_a_constant_op_becomes_an_attribute(proto: Any, kind: str, name: str, value: float) -> None:
    (added,) = proto.ProgramDesc.FromString(rewrite(program(proto, kind).SerializeToString())).blocks[0].ops[0].attrs
    assert (added.name, added.f) == (name, value)


@pytest.mark.parametrize(("dtype", "values", "name", "field"), [
    (3, [0, 1, 5_000_000_000], "int64_values", "longs"), (2, [3, -1], "int32_values", "ints"),
    (5, [0.5, -2.0], "fp32_values", "floats"), (0, [True, False], "bool_values", "ints")])
def test_constants_get_the_attribute_of_their_type(proto: Any, dtype: int, values: list, name: str, field: str) -> None:
    description = program(proto, "assign_value")
    operator = description.blocks[0].ops[0]
    operator.attrs.add(name="dtype", type=proto.INT, i=dtype)
    attribute = operator.attrs.add(name="values", type=proto.SCALARS)
    kind, place = {0: (1, "b"), 2: (2, "i"), 3: (2, "i"), 5: (3, "r")}[dtype]
    for value in values:
        attribute.scalars.add(type=kind, **{place: value})
    attributes = {each.name: each for each in
                  proto.ProgramDesc.FromString(rewrite(description.SerializeToString())).blocks[0].ops[0].attrs}
    assert "values" not in attributes
    assert list(getattr(attributes[name], field)) == values


def test_the_header_of_a_file_names_the_version_of_opt(tmp_path: Path) -> None:
    file = tmp_path / "model.nb"
    file.write_bytes(struct.pack("<H16sQ", 2, b"v2.13-rc\0\xfd\xb7v\xfd", 4) + b"flat")
    assert opt_version(file) == "v2.13-rc"


@pytest.mark.parametrize("content", [b"", b"\2\0v2.13", struct.pack("<H16sQ", 9, b"v2.13-rc", 0),
                                     struct.pack("<H16sQ", 2, b"v2.13-rc", 5000) + b"cut"])
def test_another_or_damaged_file_is_reported(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "model.nb"
    file.write_bytes(content)
    with pytest.raises(UserError, match="not a model of Paddle-Lite, or damaged"):
        opt_version(file)
    with pytest.raises(UserError, match="cannot be read"):
        opt_version(tmp_path / "none.nb")
