# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A ProgramDesc with its parameters, whose variables can be renamed and written in the legacy layouts."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Mapping

import numpy as np

from ppclas_core.errors import UserError
from ppclas_core.weights import read_variable, write_variable, write_variables

_NO_PARAMETERS = ("feed", "fetch")


class Program:
    """The message of a `.pdmodel`, and its parameters by variable name.

    Args:
        model_file, params_file: files of `paddle.jit.save`; the parameters are sorted by name.
    """

    def __init__(self, model_file: Path, params_file: Path) -> None:
        from paddle.base.proto import framework_pb2

        self._message = framework_pb2.ProgramDesc()
        self._message.ParseFromString(model_file.read_bytes())
        stored = sorted(variable.name for block in self._message.blocks for variable in block.vars
                        if variable.persistable and variable.name not in _NO_PARAMETERS)
        with open(params_file, "rb") as file:
            self.parameters: Dict[str, np.ndarray] = {name: read_variable(file) for name in stored}
        self._forget_origin()

    @property
    def output(self) -> str:
        """Name of the fetched variable."""
        fetched = [op.inputs[0].arguments[0] for op in self._message.blocks[0].ops if op.type == "fetch"]
        return str(fetched[0])

    def rename(self, names: Mapping[str, str]) -> bool:
        """Rename variables and return True; if a new name is already used, change nothing and return False."""
        known = {variable.name for block in self._message.blocks for variable in block.vars}
        wanted = {old: new for old, new in names.items() if old != new}
        if len(set(wanted.values())) < len(wanted) or set(wanted.values()) & (known - set(wanted)):
            return False
        for block in self._message.blocks:
            for variable in block.vars:
                variable.name = wanted.get(variable.name, variable.name)
            for op in block.ops:
                for side in (*op.inputs, *op.outputs):
                    side.arguments[:] = [wanted.get(name, name) for name in side.arguments]
        self.parameters = {wanted.get(name, name): value for name, value in self.parameters.items()}
        return True

    def write_model(self, file: Path) -> None:
        """Write the message."""
        file.write_bytes(self._message.SerializeToString(deterministic=True))

    def write_combined(self, file: Path) -> None:
        """Write all parameters into one file in the order of their names, as Paddle reads them."""
        with open(file, "wb") as stream:
            for name in sorted(self.parameters):
                write_variable(stream, self.parameters[name])

    def write_separate(self, folder: Path) -> None:
        """Write one file per parameter, named by its variable (layout `2020`).

        Raises:
            UserError: a variable name is not valid as a file name.
        """
        bad = [name for name in self.parameters if set(name) & set('/\\:*?"<>|')]
        if bad:
            raise UserError(f"the variable name '{bad[0]}' is not valid as a file name",
                            do="use the layout 2020-combined")
        write_variables(folder, self.parameters)

    def _forget_origin(self) -> None:
        """Remove the call stacks, which contain paths of this machine and differ between exports."""
        for block in self._message.blocks:
            for op in block.ops:
                kept = [attribute for attribute in op.attrs if attribute.name != "op_callstack"]
                del op.attrs[:]
                op.attrs.extend(kept)
