# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Batches: who shares a call, who waits, and what happens to the queue at the end."""

from __future__ import annotations

import threading
from typing import Any, List

import numpy as np
import pytest

from ppclas_serve.batcher import Batcher, Call


class Runtime:
    """Doubles its rows, when it is let; notes the sizes of its calls."""

    def __init__(self) -> None:
        self.sizes: List[int] = []
        self.go = threading.Semaphore(0)
        self.busy = threading.Semaphore(0)

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        self.sizes.append(len(batch))
        self.busy.release()
        assert self.go.acquire(timeout=60)
        return 2 * batch


def row(value: float, count: int = 1) -> np.ndarray:
    return np.full((count, 3), value, np.float32)


def test_requests_during_a_call_are_batched_in_the_next_one() -> None:
    runtime = Runtime()
    batcher = Batcher([runtime], max_batch=4, max_delay=0)
    futures = [batcher.submit(row(0))]
    assert runtime.busy.acquire(timeout=60)
    futures += [batcher.submit(row(value)) for value in range(1, 8)]
    for _ in range(3):
        runtime.go.release()
    for value, future in enumerate(futures):
        assert (future.result(10) == 2 * value).all()
    assert runtime.sizes == [1, 4, 3]
    batcher.close()


def test_a_request_is_never_divided() -> None:
    runtime = Runtime()
    batcher = Batcher([runtime], max_batch=4, max_delay=0)
    first = batcher.submit(row(0))
    assert runtime.busy.acquire(timeout=60)
    futures = [batcher.submit(row(size, size)) for size in (3, 2, 2, 4)]
    for _ in range(4):
        runtime.go.release()
    assert [len(future.result(10)) for future in [first, *futures]] == [1, 3, 2, 2, 4]
    assert runtime.sizes == [1, 3, 4, 4]
    batcher.close()
    with pytest.raises(ValueError, match="a call takes 1 to 4"):
        batcher.submit(row(1, 5))
    with pytest.raises(RuntimeError, match="closed"):
        batcher.submit(row(1))


def test_the_oldest_waits_for_company_but_not_longer_than_allowed() -> None:
    seen: List[Call] = []
    batcher = Batcher([lambda batch: batch], max_batch=3, max_delay=600, observe=seen.append)
    for future in [batcher.submit(row(1)) for _ in range(3)]:
        future.result(60)  # a full batch does not wait
    batcher.close()
    batcher = Batcher([lambda batch: batch], max_batch=3, max_delay=0.2, observe=seen.append)
    batcher.submit(row(1)).result(60)
    batcher.close()
    assert [call.rows for call in seen] == [3, 1]
    assert seen[1].waited >= 0.2


def test_a_failure_concerns_its_own_batch_only() -> None:
    def runtime(batch: np.ndarray) -> np.ndarray:
        if batch.max() > 5:
            raise RuntimeError("too much")
        return batch

    seen: List[Call] = []
    batcher = Batcher([runtime], max_batch=1, max_delay=0, observe=seen.append)
    futures = [batcher.submit(row(value)) for value in (1, 9, 2)]
    assert futures[0].result(10).max() == 1
    with pytest.raises(RuntimeError, match="too much"):
        futures[1].result(10)
    assert futures[2].result(10).max() == 2
    assert seen[1].error == "RuntimeError: too much"
    batcher.close()


def test_close_finishes_what_is_queued_and_skips_what_was_cancelled() -> None:
    runtime = Runtime()
    batcher = Batcher([runtime], max_batch=1, max_delay=5)
    futures = [batcher.submit(row(value)) for value in range(4)]
    assert runtime.busy.acquire(timeout=60)
    assert futures[2].cancel()
    for _ in range(3):
        runtime.go.release()
    batcher.close()
    assert [future.result(0).max() for future in (futures[0], futures[1], futures[3])] == [0, 2, 6]
    assert runtime.sizes == [1, 1, 1]
    assert batcher.waiting == 0


def test_an_runtime_is_never_called_by_two_threads_and_instances_run_side_by_side() -> None:
    together = threading.Barrier(2, timeout=60)

    def runtime() -> Any:
        inside = threading.Lock()

        def call(batch: np.ndarray) -> np.ndarray:
            assert inside.acquire(blocking=False)
            together.wait()
            inside.release()
            return batch

        return call

    batcher = Batcher([runtime(), runtime()], max_batch=1, max_delay=0)
    for future in [batcher.submit(row(1)) for _ in range(6)]:
        future.result(10)
    batcher.close()
