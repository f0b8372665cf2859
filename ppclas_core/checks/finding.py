# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Result of a check."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """Result of a check that is not an error.

    Args:
        kind: `ok` for a passed check, `note` for a possible problem.
        text: one line.
        where: location in the config (file and line), or "".
    """

    kind: str
    text: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {f'{self.where}: ' if self.where else ''}{self.text}"
