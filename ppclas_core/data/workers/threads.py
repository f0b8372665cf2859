# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Worker threads, for ops that release the GIL, such as those of OpenCV, numpy and decoders."""

from __future__ import annotations

import collections
import math
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Callable, Deque, Generator, Iterable, Sequence, TypeVar

from ppclas_core.data.workers.batch_buffer import BatchBuffer

READ_AHEAD = 2
"""Number of batches that are read ahead."""

Made = TypeVar("Made")

_PARTS = 4  # tasks per worker and batch


def in_threads(buffers: Iterable[BatchBuffer], fill: Callable[[BatchBuffer, int], None],
               finish: Callable[[BatchBuffer], Made], workers: int, batch_size: int) -> Generator[Made, None, None]:
    """Yield `finish(buffer)` of every buffer in order, after `workers` threads ran `fill(buffer, slot)` for all slots.

    Closing the generator ends the threads. An exception is raised in place of the result of its buffer.
    """
    waiting: Deque[Future[Made]] = collections.deque()
    ahead = max(READ_AHEAD, math.ceil(2 * workers / batch_size))
    pool = ThreadPoolExecutor(workers, thread_name_prefix="ppclas-loader")

    def fill_part(buffer: BatchBuffer, slots: range) -> None:
        for slot in slots:
            fill(buffer, slot)

    def complete(buffer: BatchBuffer, parts: Sequence[Future[None]]) -> Made:
        for part in parts:
            part.result()
        return finish(buffer)

    try:
        for buffer in buffers:
            size = max(len(buffer) // (_PARTS * workers), 1)  # samples per task, to limit the overhead
            parts = [pool.submit(fill_part, buffer, range(start, min(start + size, len(buffer))))
                     for start in range(0, len(buffer), size)]
            # The fill tasks precede it in the pool's queue, so waiting for them inside the pool cannot deadlock.
            waiting.append(pool.submit(complete, buffer, parts))
            del buffer, parts  # a yielded batch must not be referenced here
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
