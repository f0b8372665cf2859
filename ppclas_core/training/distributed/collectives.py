# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Exchange of values between the processes that train one model; a single process exchanges nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Sequence

from ppclas_core.system.rank import Rank

if TYPE_CHECKING:
    import numpy as np
    import paddle
    from paddle import nn

    from ppclas_core.metrics.metric_set import MetricSet

_ROWS = 4096
"""Number of rows that are sent at once, to bound the memory of the device."""


def join(rank: Rank) -> Rank:
    """Connect to the other processes, if there are any; return `rank`."""
    if rank.world > 1:
        import paddle

        if not paddle.distributed.is_initialized():
            paddle.distributed.init_parallel_env()
    return rank


def wait_for_all(rank: Rank) -> None:
    """Wait until all processes have called this function, e.g. until rank 0 has written its files."""
    if rank.world > 1:
        import paddle

        paddle.distributed.barrier()


def summed(values: np.ndarray, rank: Rank) -> np.ndarray:
    """Return the float64 sums over all processes of numbers (N,); N must be equal in all processes."""
    if rank.world == 1:
        return values
    import paddle

    total = paddle.to_tensor(values, dtype="float64")
    paddle.distributed.all_reduce(total)
    result: np.ndarray = total.numpy()
    return result


def maximum(value: int, rank: Rank) -> int:
    """Return the largest value over all processes."""
    if rank.world == 1:
        return value
    import paddle

    largest = paddle.to_tensor([value], dtype="int64")
    paddle.distributed.all_reduce(largest, op=paddle.distributed.ReduceOp.MAX)
    return int(largest.item())


def gathered_rows(rows: np.ndarray, rank: Rank) -> List[np.ndarray]:
    """Return the rows (N, K) of each process, by rank; N may differ, and the dtype is kept."""
    if rank.world == 1:
        return [rows]
    import numpy as np
    import paddle

    mine = np.zeros(rank.world)
    mine[rank.number] = len(rows)
    counts = summed(mine, rank).astype(int)
    sent = np.float32 if rows.dtype in (np.float32, bool) else np.float64  # exact for counts below 2**53
    found: List[List[np.ndarray]] = [[rows[:0]] for _ in counts]
    for start in range(0, int(counts.max()), _ROWS):
        part = np.zeros((min(_ROWS, int(counts.max()) - start), rows.shape[1]), sent)
        part[: max(min(len(rows) - start, _ROWS), 0)] = rows[start : start + _ROWS]
        parts: List[paddle.Tensor] = []
        paddle.distributed.all_gather(parts, paddle.to_tensor(part))
        for one, received, count in zip(found, parts, counts):
            one.append(received.numpy()[: max(count - start, 0)].astype(rows.dtype))
    return [np.concatenate(one) for one in found]


def gathered_states(states: Sequence[Mapping[str, Any]], rank: Rank) -> List[List[Dict[str, Any]]]:
    """Return the states of the metrics of each process, by rank.

    Args:
        states: states of this process, numbers and arrays by name; the names must be equal in all processes.
        rank: this process.
    """
    import numpy as np

    if rank.world == 1:
        return [[dict(state) for state in states]]
    result: List[List[Dict[str, Any]]] = [[{} for _ in states] for _ in range(rank.world)]
    numbers = [(index, key, value) for index, state in enumerate(states) for key, value in state.items()
               if not isinstance(value, np.ndarray)]
    rows = np.array([[float(value) for _, _, value in numbers]], np.float64)
    for of_rank, (row,) in zip(result, gathered_rows(rows, rank)):
        for (index, key, own), value in zip(numbers, row):
            of_rank[index][key] = type(own)(value)
    for index, state in enumerate(states):
        for key, value in state.items():
            if isinstance(value, np.ndarray):
                flat = value.reshape(len(value), int(np.prod(value.shape[1:])))
                for of_rank, part in zip(result, gathered_rows(flat, rank)):
                    of_rank[index][key] = part.reshape(len(part), *value.shape[1:])
    return result


def merge_over_ranks(metrics: MetricSet, rank: Rank) -> None:
    """Replace the state of metrics by that of all processes together."""
    if rank.world > 1:
        metrics.merge_states(gathered_states(metrics.states(), rank))


def average_statistics(model: nn.Layer, rank: Rank) -> None:
    """Average the running statistics of batch norms over all processes.

    Each process trains on its own part of the data, so evaluations and checkpoints would otherwise depend on the rank.
    """
    if rank.world == 1:
        return
    import paddle

    for value in model.state_dict().values():
        if value.stop_gradient and value.dtype == paddle.float32:
            mean = value.detach().clone()
            paddle.distributed.all_reduce(mean)
            value.set_value(mean / rank.world)
