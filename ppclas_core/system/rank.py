# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The rank of this process among those of a launch, read from the environment."""

from __future__ import annotations

import os
from typing import NamedTuple


class Rank(NamedTuple):
    """This process among those of a launch: `number` in 0..`world` - 1."""

    number: int
    world: int


ALONE = Rank(0, 1)
"""A process without a launcher."""


def rank_from_environment() -> Rank:
    """Return the rank that `paddle.distributed.launch` gave this process; (0, 1) without a launcher."""
    world = max(int(os.environ.get("PADDLE_TRAINERS_NUM") or 1), 1)  # legacy launchers write 0
    return Rank(int(os.environ.get("PADDLE_TRAINER_ID") or 0), world)


def first_process() -> bool:
    """Return whether this process is the first of a launch; True without a launcher."""
    return rank_from_environment().number == 0
