# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The public Python API of `ppclas_core` under the name of the program: `import ppclas as ppc`."""

from __future__ import annotations

from typing import TYPE_CHECKING, List

import ppclas_core
from ppclas_core import __version__ as __version__

__all__ = ppclas_core.__all__

if TYPE_CHECKING:
    from ppclas_core import *  # noqa: F403  the names of core, for type checkers
else:  # type checkers would accept any name of a module with this function

    def __getattr__(name: str) -> object:
        if name not in ppclas_core.__all__:
            raise AttributeError(f"module 'ppclas' has no attribute '{name}'")
        return getattr(ppclas_core, name)


def __dir__() -> List[str]:
    return sorted({*globals(), *ppclas_core.__all__})
