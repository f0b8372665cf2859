# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Rank and world size of this process, from the environment variables of the launcher."""

from __future__ import annotations

import os
from typing import NamedTuple


class Rank(NamedTuple):
    """Rank `number` of this process, 0..`world` - 1, and world size `world`: the number of processes of the launch."""

    number: int
    world: int


ALONE = Rank(0, 1)
"""Rank of a process without a launcher."""


def rank_from_environment() -> Rank:
    """Return the rank that `paddle.distributed.launch` gave this process; (0, 1) without a launcher."""
    world = max(int(os.environ.get("PADDLE_TRAINERS_NUM") or 1), 1)  # legacy launchers write 0
    return Rank(int(os.environ.get("PADDLE_TRAINER_ID") or 0), world)


def first_process() -> bool:
    """Return whether this process has rank 0; True without a launcher."""
    return rank_from_environment().number == 0
