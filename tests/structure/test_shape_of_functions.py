# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Functions are short and take few parameters; constructors that a config reaches take as many as it has keys."""

from __future__ import annotations

import dataclasses
import re
from typing import Iterator, Set

from ppclas_core.plugins.catalogue import catalogue
from tests.structure.sources import functions, location, module_of, parameters, source_files

LINES = 60
PARAMETERS = 8

EXPLAINED = {
    "ppclas_core.config.fields.key": "declares a key: one keyword per property, as with dataclasses.field",
    "ppclas_core.nn.conv_bn.ConvBN.__init__": "a layer: the arguments of Paddle's convolution and batch norm",
}
"""Further functions with many parameters, with the reason."""

_TARGET = re.compile(r"[a-zA-Z_][\w.]*:[a-zA-Z_][\w.]*")


def targets(value: object) -> Iterator[str]:
    """Yield the targets `module:name` in a record, also in its lists and nested records."""
    if isinstance(value, str):
        if _TARGET.fullmatch(value):
            yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from targets(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from targets(getattr(value, field.name))


def reached_by_configs() -> Set[str]:
    """Return `module.function` and `module.Class.__init__` of all targets of the installed records."""
    found: Set[str] = set()
    for plugin in catalogue().plugins:
        for _, record in plugin.records:
            for target in targets(record):
                name = target.replace(":", ".")
                found.update((name, f"{name}.__init__"))
    return found


def test_no_function_is_longer_than_a_screen() -> None:
    long = [f"{location(path, function)} {name}: {function.end_lineno - function.lineno + 1} lines"
            for path in source_files() for name, function in functions(path)
            if function.end_lineno is not None and function.end_lineno - function.lineno + 1 > LINES]
    assert not long, "\n".join(long)


def test_no_function_has_many_parameters_unless_a_config_reaches_it() -> None:
    excepted = reached_by_configs() | set(EXPLAINED)
    wide = [f"{location(path, function)} {name}: {len(parameters(function))} parameters"
            for path in source_files() for name, function in functions(path)
            if len(parameters(function)) > PARAMETERS and f"{module_of(path)}.{name}" not in excepted]
    assert not wide, "\n".join(wide)
