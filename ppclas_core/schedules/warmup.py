# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Linear warm-up and the check of parameters, for several schedules."""

from __future__ import annotations

from ppclas_core.errors import UserError


def warmup_rate(lr: float, step: int, steps: float) -> float:
    """Return the learning rate of `step` in a linear warm-up from exactly 0 to `lr` in `steps` steps."""
    return lr * step / steps


def require(schedule: object, name: str, valid: bool, rule: str) -> None:
    """Raise a UserError unless the parameter `name` of a schedule is valid; `rule` completes "it must be ..."."""
    if not valid:
        raise UserError(f"{name} of {type(schedule).__name__} is {getattr(schedule, name)}; it must be {rule}",
                        where="LEARNING_RATE.params")
