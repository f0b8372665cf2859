# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Checkpoint files: reading and writing every supported format, and loading them into a model with a report.

`locate` finds the file of a path, `read` turns it into named arrays (with one reader per format in `formats`), `match`
pairs the names with those of a model, and `load` sets the tensors and reports what was loaded.

Imports inside functions: only building a model needs Paddle, which takes seconds to import; weights are read, converted
and downloaded without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "batch_norm": "ppclas_core.weights.names",
    "conv": "ppclas_core.weights.names",
    "conv_bn": "ppclas_core.weights.names",
    "linear": "ppclas_core.weights.names",
    "load_weights": "ppclas_core.weights.load",
    "Match": "ppclas_core.weights.match",
    "match_weights": "ppclas_core.weights.match",
    "Names": "ppclas_core.weights.names",
    "namings": "ppclas_core.weights.match",
    "published_names": "ppclas_core.weights.load",
    "read_variable": "ppclas_core.weights.formats.variables",
    "read_weights": "ppclas_core.weights.read",
    "varint": "ppclas_core.weights.formats.protobuf_wire",
    "WeightsFile": "ppclas_core.weights.read",
    "write_variable": "ppclas_core.weights.formats.variables",
    "write_variables": "ppclas_core.weights.formats.variables",
}
__all__ = list(_PUBLIC)
__all__ += ["torch_names"]

if TYPE_CHECKING:
    from ppclas_core.weights.formats.protobuf_wire import varint as varint
    from ppclas_core.weights.formats.variables import read_variable as read_variable
    from ppclas_core.weights.formats.variables import write_variable as write_variable
    from ppclas_core.weights.formats.variables import write_variables as write_variables
    from ppclas_core.weights.load import load_weights as load_weights
    from ppclas_core.weights.load import published_names as published_names
    from ppclas_core.weights.match import Match as Match
    from ppclas_core.weights.match import match_weights as match_weights
    from ppclas_core.weights.match import namings as namings
    from ppclas_core.weights.names import Names as Names
    from ppclas_core.weights.names import batch_norm as batch_norm
    from ppclas_core.weights.names import conv as conv
    from ppclas_core.weights.names import conv_bn as conv_bn
    from ppclas_core.weights.names import linear as linear
    from ppclas_core.weights.read import WeightsFile as WeightsFile
    from ppclas_core.weights.read import read_weights as read_weights

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
