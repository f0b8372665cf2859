# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Which files can be one-file plugins: their name becomes the name of a module, and must be free."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Optional

from ppclas_core.errors import UserError


def check_plugin_file(path: Path) -> None:
    """Refuse a file whose name does not end in `.py`, or is the name of a module that can be imported.

    Raises:
        UserError: with the name to choose instead.
    """
    if path.suffix != ".py":
        raise UserError(f"the name of a plugin file must end in .py: {path}",
                        do=f"rename it, for example to {path.stem.replace('.', '_') or 'my_plugin'}.py")
    other = _module_of_that_name(path)
    if other is not None:
        raise UserError(f"the plugin file {path} has the name of the module '{path.stem}' ({other})",
                        do=f"rename the file, for example to my_{path.name}, and the targets in it")


def _module_of_that_name(path: Path) -> Optional[str]:
    """Return where a module of the file's name comes from; None when there is none, or it is the file itself."""
    name = path.stem
    if name in sys.modules:
        origin = getattr(sys.modules[name], "__file__", None) or "built in"
    else:
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError, AttributeError):  # a dotted name whose parent is no package
            return None
        if spec is None or spec.origin is None:  # none, or a folder without __init__.py, which hides nothing
            return None
        origin = spec.origin
    return None if os.path.exists(origin) and os.path.samefile(origin, path) else origin
