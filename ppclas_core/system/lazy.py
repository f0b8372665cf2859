# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Public names of a package that are imported at first use, so that importing the package stays light."""

from __future__ import annotations

import importlib
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
