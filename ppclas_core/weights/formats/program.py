# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Weights of a legacy inference model: `model` + `params`, or `__model__` + one file per variable.

The program (a protobuf ProgramDesc) lists names and shapes of the persistent tensors. A combined `params` file
holds them in the sorted order of their names.
"""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.weights.formats import protobuf_wire as wire
from ppclas_core.weights.formats.variables import read_variable, read_variable_file, write_variable

PROGRAM_FILES = ("model", "__model__")
PARAMS_FILES = ("params", "__params__")
_TENSOR = 7  # VarType.LOD_TENSOR; feed and fetch lists have other numbers


class Variable(NamedTuple):
    """One persistent tensor of a program; a size of -1 is unknown."""

    name: str
    shape: Tuple[int, ...]


def program_of(folder: Path) -> Path:
    """Return the program file of a folder; if there is none, the path with the first possible name."""
    found = [folder / name for name in PROGRAM_FILES if (folder / name).is_file()]
    return found[0] if found else folder / PROGRAM_FILES[0]


def params_of(folder: Path) -> Optional[Path]:
    """Return the combined file of all variables of a program; None if there is none."""
    return next((folder / name for name in PARAMS_FILES if (folder / name).is_file()), None)


def write_combined(program: Path, params: Path) -> None:
    """Write the variable files beside a program as the one combined file that Paddle Inference reads.

    Raises:
        UserError: the file is not a program, or a variable file is missing or damaged.
    """
    with open(params, "wb") as file:
        for array in _read_separate(program, persistent_variables(program)).values():  # in the order of their names
            write_variable(file, array)


def read_inference_model(folder: Path) -> Dict[str, np.ndarray]:
    """Return variable name -> array of an inference model.

    Raises:
        UserError: program or values are damaged, or their shapes disagree.
    """
    program = program_of(folder)
    variables = persistent_variables(program)
    combined = params_of(folder)
    arrays = _read_combined(combined, variables) if combined else _read_separate(program, variables)
    for variable in variables:
        shape = arrays[variable.name].shape
        if len(shape) != len(variable.shape) or any(w not in (-1, n) for w, n in zip(variable.shape, shape)):
            raise UserError(f"variable '{variable.name}' has shape {shape}; in the program it has {variable.shape}",
                            where=str(folder), do="program and values are from two exports")
    return arrays


def persistent_variables(program: Path) -> List[Variable]:
    """Return names and shapes of the persistent tensors of a program, sorted by name.

    Raises:
        UserError: the file is not a program.
    """
    try:
        found = {}
        for number, block in wire.fields(program.read_bytes()):
            if number != 1:
                continue
            for part, value in wire.fields(_message(block)):
                if part == 3:
                    variable, kept = _variable(_message(value))
                    if kept:
                        found[variable.name] = variable
    except (ValueError, UnicodeDecodeError) as error:
        raise UserError(f"not a whole 2020 program ({error})", where=str(program)) from error
    if not found:
        raise UserError("the program has no persistent tensors", where=str(program))
    return [found[name] for name in sorted(found)]


def _variable(message: bytes) -> Tuple[Variable, bool]:
    name, persistent, kind, shape = "", False, -1, []
    for number, value in wire.fields(message):
        if number == 1:
            name = _message(value).decode("utf-8")
        elif number == 3:
            persistent = bool(value)
        elif number == 2:  # VarType: 1 its number, 3 the description of a tensor
            for part, inner in wire.fields(_message(value)):
                if part == 1 and isinstance(inner, int):
                    kind = inner
                elif part == 3:
                    shape = _shape(_message(inner))
    return Variable(name, tuple(shape)), persistent and kind == _TENSOR


def _shape(message: bytes) -> List[int]:
    sizes: List[int] = []
    for number, tensor in wire.fields(message):
        if number == 1:
            for part, value in wire.fields(_message(tensor)):
                if part == 2:
                    sizes.extend(size - 2**64 if size >= 2**63 else size for size in wire.numbers(value))
    return sizes


def _message(value: wire.Value) -> bytes:
    if isinstance(value, int):
        raise ValueError("a number where a message should be")
    return value


def _read_separate(program: Path, variables: List[Variable]) -> Dict[str, np.ndarray]:
    folder = program.parent
    missing = [variable.name for variable in variables if not (folder / variable.name).is_file()]
    if missing:
        raise UserError(f"the program needs {len(variables)} variable files, {len(missing)} are absent, "
                        f"first '{missing[0]}'", where=str(folder),
                        do=f"copy the whole folder; a model in two files has its values in '{PARAMS_FILES[0]}'")
    return {variable.name: read_variable_file(folder / variable.name) for variable in variables}


def _read_combined(path: Path, variables: List[Variable]) -> Dict[str, np.ndarray]:
    arrays = {}
    with open(path, "rb") as file:
        for variable in variables:
            try:
                arrays[variable.name] = read_variable(file)
            except (ValueError, MemoryError, OverflowError) as error:  # a damaged size field may be huge
                raise UserError(f"damaged at variable '{variable.name}' ({error})", where=str(path)) from error
        if file.read(1):
            raise UserError(f"more values than the {len(variables)} variables of the program", where=str(path),
                            do="program and values are from two exports")
    return arrays
