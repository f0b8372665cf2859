# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Check of one-file plugins: the file name becomes a module name and must not be taken."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Optional

from ppclas_core.errors import UserError


def check_plugin_file(path: Path) -> None:
    """Refuse a file whose name does not end in `.py` or is the name of an importable module.

    Raises:
        UserError: the name is refused; the error suggests another one.
    """
    if path.suffix != ".py":
        raise UserError(f"the name of a plugin file must end in .py: {path}",
                        do=f"rename it, for example to {path.stem.replace('.', '_') or 'my_plugin'}.py")
    other = _module_of_that_name(path)
    if other is not None:
        raise UserError(f"the plugin file {path} has the name of the module '{path.stem}' ({other})",
                        do=f"rename the file, for example to my_{path.name}, and the targets in it")


def _module_of_that_name(path: Path) -> Optional[str]:
    """Return the origin of another module with the file's name; None if there is none."""
    name = path.stem
    if name in sys.modules:
        origin = getattr(sys.modules[name], "__file__", None) or "built in"
    else:
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError, AttributeError):  # a dotted name whose parent is not a package
            return None
        if spec is None or spec.origin is None:  # no module, or a namespace package, which hides nothing
            return None
        origin = spec.origin
    return None if os.path.exists(origin) and os.path.samefile(origin, path) else origin
