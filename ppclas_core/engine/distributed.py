# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Several processes that train one model, as `paddle.distributed.launch` starts them. One process needs none of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np


class Rank(NamedTuple):
    """This process among those of a launch: `number` in 0..`world` - 1."""

    number: int
    world: int


ALONE = Rank(0, 1)
"""A process without a launcher."""


def rank_from_environment() -> Rank:
    """What `paddle.distributed.launch` says of this process; (0, 1) without a launcher."""
    world = max(int(os.environ.get("PADDLE_TRAINERS_NUM") or 1), 1)  # the 2020 default is 0
    return Rank(int(os.environ.get("PADDLE_TRAINER_ID") or 0), world)


def join(rank: Rank) -> Rank:
    """Connect to the other processes of a launch, if there are any."""
    if rank.world > 1:
        import paddle

        if not paddle.distributed.is_initialized():
            paddle.distributed.init_parallel_env()
    return rank


def wait_for_all(rank: Rank) -> None:
    """Return when every process of the launch is here, so that what the first one wrote is there for all."""
    if rank.world > 1:
        import paddle

        paddle.distributed.barrier()


def summed(values: np.ndarray, rank: Rank) -> np.ndarray:
    """(N,) numbers of this process -> float64 sums over all processes; each must give as many."""
    if rank.world == 1:
        return values
    import paddle

    total = paddle.to_tensor(values, dtype="float64")
    paddle.distributed.all_reduce(total)
    result: np.ndarray = total.numpy()
    return result


def average_statistics(model: Any, rank: Rank) -> None:
    """Make the running statistics of batch norms equal everywhere: the mean over processes, each of which saw its own
    part of the data. Without it an evaluation, and a checkpoint, would depend on the process."""
    if rank.world == 1:
        return
    import paddle

    for value in model.state_dict().values():
        if value.stop_gradient and value.dtype == paddle.float32:
            mean = value.detach().clone()
            paddle.distributed.all_reduce(mean)
            value.set_value(mean / rank.world)
