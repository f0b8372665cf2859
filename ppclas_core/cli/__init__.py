# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Program `ppclas`: its parser, the common options of commands, and one module per command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ppclas_core.system.lazy import lazy_names

_PUBLIC = {
    "add_model_argument": "ppclas_core.cli.source_option",
    "add_model_arguments": "ppclas_core.cli.source_option",
    "add_runtime_argument": "ppclas_core.cli.source_option",
    "allow_plugin_names": "ppclas_core.cli.plugin_option",
    "guarded": "ppclas_core.cli.program",
    "main": "ppclas_core.cli.program",
    "SOURCE_HELP": "ppclas_core.cli.source_option",
}
__all__ = [*_PUBLIC]

if TYPE_CHECKING:
    from ppclas_core.cli.plugin_option import allow_plugin_names as allow_plugin_names
    from ppclas_core.cli.program import guarded as guarded
    from ppclas_core.cli.program import main as main
    from ppclas_core.cli.source_option import SOURCE_HELP as SOURCE_HELP
    from ppclas_core.cli.source_option import add_model_argument as add_model_argument
    from ppclas_core.cli.source_option import add_model_arguments as add_model_arguments
    from ppclas_core.cli.source_option import add_runtime_argument as add_runtime_argument

__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
