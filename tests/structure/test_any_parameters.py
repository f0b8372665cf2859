# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A parameter annotated `Any` says nothing about its type: there are few, and each has its reason beside it."""

from __future__ import annotations

import ast
from typing import List, Tuple

from tests.structure.sources import functions, location, parameters, source_files

LIMIT = 20
"""Such parameters in core and plugins stay below this number."""


def any_parameters() -> List[Tuple[str, bool]]:
    """Return (location and name, whether the reason is given) of each parameter annotated `Any` or `Optional[Any]`.

    The reason is a comment `# Any: ...` on the line of the parameter or on the line above it.
    """
    found = []
    for path in source_files():
        lines = path.read_text(encoding="utf-8").splitlines()
        for name, function in functions(path):
            for parameter in parameters(function):
                if parameter.annotation is None or ast.unparse(parameter.annotation) not in ("Any", "Optional[Any]"):
                    continue
                beside = lines[max(0, parameter.lineno - 2) : parameter.lineno]
                found.append((f"{location(path, parameter)} {name}({parameter.arg})",
                              any("# Any: " in line for line in beside)))
    return found


def test_few_parameters_are_of_any_type() -> None:
    found = [where for where, _ in any_parameters()]
    assert len(found) < LIMIT, "\n".join(found)


def test_each_has_its_reason() -> None:
    without = [where for where, reason in any_parameters() if not reason]
    assert not without, "\n".join(without)
