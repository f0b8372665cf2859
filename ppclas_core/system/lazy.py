# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Names of a package that are imported at first use: public ones, which keeps the package light, and moved ones."""

from __future__ import annotations

import importlib
import warnings
from typing import Any, Callable, List, Mapping, Tuple


def lazy_names(package: str, public: Mapping[str, str]) -> Tuple[Callable[[str], Any], Callable[[], List[str]]]:
    """Return the `__getattr__` and the `__dir__` of a package.

    Args:
        package: `__name__` of the package.
        public: name -> module that defines it.
    """

    def find(name: str) -> Any:
        if name not in public:
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        return getattr(importlib.import_module(public[name]), name)

    return find, lambda: sorted(public)


def moved_names(module: str, moved: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a module whose names have moved; each use gives a `DeprecationWarning`.

    Args:
        module: `__name__` of the module.
        moved: name -> module that defines it now.
    """

    def find(name: str) -> Any:
        if name not in moved:
            raise AttributeError(f"module '{module}' has no attribute '{name}'")
        warnings.warn(f"{module}.{name} is deprecated: import it from {moved[name]}", DeprecationWarning, stacklevel=2)
        return getattr(importlib.import_module(moved[name]), name)

    return find
