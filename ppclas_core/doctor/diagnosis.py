# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Problem of an installation, with its fix."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Diagnosis:
    """A problem and its fix.

    Args:
        what: one sentence.
        cure: command or instruction that fixes it; "" if no action is needed.
        broken: whether something does not work; False for a hint.
    """

    what: str
    cure: str = ""
    broken: bool = True
