# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""One thing that is not as it should be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What is wrong, and its cure.

    Args:
        what: one sentence.
        cure: a command, or what to do; "" where nothing need be done.
        broken: something does not work; else it is good to know only.
    """

    what: str
    cure: str = ""
    broken: bool = True
