# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Program `ppclas`: its parser, the common options of commands, and one module per command.

Imports inside functions: the command line starts without Paddle, OpenCV and NumPy, which take seconds to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "add_model_argument": "ppclas_core.cli.options",
    "add_model_arguments": "ppclas_core.cli.options",
    "add_runtime_argument": "ppclas_core.cli.options",
    "allow_plugin_names": "ppclas_core.cli.command_line",
    "guarded": "ppclas_core.cli.program",
    "main": "ppclas_core.cli.program",
    "SOURCE_HELP": "ppclas_core.cli.options",
}
__all__ = list(_PUBLIC)

if TYPE_CHECKING:
    from ppclas_core.cli.command_line import allow_plugin_names as allow_plugin_names
    from ppclas_core.cli.options import SOURCE_HELP as SOURCE_HELP
    from ppclas_core.cli.options import add_model_argument as add_model_argument
    from ppclas_core.cli.options import add_model_arguments as add_model_arguments
    from ppclas_core.cli.options import add_runtime_argument as add_runtime_argument
    from ppclas_core.cli.program import guarded as guarded
    from ppclas_core.cli.program import main as main

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
