# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""One problem of an installation, with its fix."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Diagnosis:
    """One problem, and its fix.

    Args:
        what: one sentence.
        cure: a command, or what to do; "" where nothing need be done.
        broken: something does not work; else it is good to know only.
    """

    what: str
    cure: str = ""
    broken: bool = True
