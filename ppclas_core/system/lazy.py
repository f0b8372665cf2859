# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Module attributes that are imported at first use: public names of a package, and deprecated names."""

from __future__ import annotations

import importlib
import warnings
from typing import Callable, List, Mapping, Optional, Tuple


def lazy_names(
    package: str, public: Mapping[str, str], renamed: Optional[Mapping[str, str]] = None,
) -> Tuple[Callable[[str], object], Callable[[], List[str]]]:
    """Return `__getattr__` and `__dir__` for a package, so that importing it imports none of its modules.

    Args:
        package: `__name__` of the package.
        public: name -> module that defines it.
        renamed: deprecated name -> public name; each use gives a `DeprecationWarning`.
    """

    def find(name: str) -> object:
        if renamed is not None and name in renamed:
            warnings.warn(f"{package}.{name} is deprecated: it is called {renamed[name]}", DeprecationWarning,
                          stacklevel=2)
            name = renamed[name]
        if name not in public:
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        return getattr(importlib.import_module(public[name]), name)

    return find, lambda: sorted(public)


def moved_names(module: str, moved: Mapping[str, str]) -> Callable[[str], object]:
    """Return `__getattr__` for a module whose names have moved; each use gives a `DeprecationWarning`.

    Args:
        module: `__name__` of the module.
        moved: name -> module that defines it now.
    """

    def find(name: str) -> object:
        if name not in moved:
            raise AttributeError(f"module '{module}' has no attribute '{name}'")
        warnings.warn(f"{module}.{name} is deprecated: import it from {moved[name]}", DeprecationWarning, stacklevel=2)
        return getattr(importlib.import_module(moved[name]), name)

    return find
