# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Names of `ppcls.data.imaug` of July 2020: `transform` and the class of every installed op.

Snippets of the 2020 manual run after `from ppcls.data.imaug import ...` is changed to
`from ppclas_core.compat.imaug import ...`. The classes are those that configs use; an op is found by its name or alias
in the catalogue, so ops of other plugins are found too.
"""

from __future__ import annotations

from typing import Any, Callable, List

from ppclas_core.data.pipeline import transform
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue

__all__ = ["transform"]


def __getattr__(name: str) -> Callable[..., Any]:
    """Return the class of an op.

    Raises:
        AttributeError: no installed plugin has an op of this name; the message says which distribution has it.
    """
    if name.startswith("_"):
        raise AttributeError(name)
    try:
        return catalogue().target(catalogue().find("op", name))
    except UserError as error:
        raise AttributeError(str(error)) from None


def __dir__() -> List[str]:
    ops = [name for entry in catalogue().entries("op") for name in (entry.record.name, *entry.record.aliases)]
    return sorted({*globals(), *ops})
