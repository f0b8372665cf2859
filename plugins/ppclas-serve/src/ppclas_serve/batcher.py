# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Dynamic batching: several requests share one call of the runtime."""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Future
from typing import Callable, Deque, List, NamedTuple, Optional, Sequence

import numpy as np

Runtime = Callable[[np.ndarray], np.ndarray]
Observer = Callable[["Call"], None]


class Call(NamedTuple):
    """Statistics of one runtime call.

    Args:
        rows, requests: size of the batch, and number of requests in it.
        waited: time in s that the oldest request waited in the queue.
        took: duration of the call in s.
        error: text of the exception; "" if the call succeeded.
    """

    rows: int
    requests: int
    waited: float
    took: float
    error: str


class _Job(NamedTuple):
    rows: np.ndarray
    future: Future[np.ndarray]
    arrived: float


class Batcher:
    """Queue of input rows, which runtimes run in batches; each runtime has one thread and is never called concurrently.

    A batch holds the oldest requests that fit into `max_batch` rows. It is run when it is full or when the oldest
    request has waited `max_delay` seconds. A request is never split.

    Args:
        runtimes: functions that map a batch (N, ...) to outputs (N, num_classes).
        max_batch: largest number of rows in one call of a runtime.
        max_delay: time in s that a request waits for others to share a call with.
        observe: called with each `Call`, in the thread of its runtime.
    """

    def __init__(self, runtimes: Sequence[Runtime], *, max_batch: int, max_delay: float,
                 observe: Observer = lambda call: None) -> None:
        self.max_batch = max_batch
        self._max_delay = max_delay
        self._observe = observe
        self._jobs: Deque[_Job] = deque()
        self._rows = 0
        self._closed = False
        self._changed = threading.Condition()
        self._threads = [threading.Thread(target=self._work, args=(runtime,), name=f"runtime-{index}", daemon=True)
                         for index, runtime in enumerate(runtimes)]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Number of rows in the queue."""
        return self._rows

    def submit(self, rows: np.ndarray) -> Future[np.ndarray]:
        """Queue rows (n, ...), 1 <= n <= max_batch, and return the future of their output (n, num_classes).

        A cancelled future is not run.

        Raises:
            ValueError: the number of rows is out of range.
            RuntimeError: the batcher is closed.
        """
        if not 1 <= len(rows) <= self.max_batch:
            raise ValueError(f"{len(rows)} rows; a call takes 1 to {self.max_batch}")
        job = _Job(rows, Future(), time.monotonic())
        with self._changed:
            if self._closed:
                raise RuntimeError("the batcher is closed")
            self._jobs.append(job)
            self._rows += len(rows)
            self._changed.notify_all()
        return job.future

    def close(self) -> None:
        """Run the queued requests, end the threads and wait for them."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self, runtime: Runtime) -> None:
        while True:
            jobs = self._take()
            if jobs is None:
                return
            live = [job for job in jobs if job.future.set_running_or_notify_cancel()]
            if live:
                self._run(runtime, live)

    def _take(self) -> Optional[List[_Job]]:
        with self._changed:
            while True:
                while not self._jobs and not self._closed:
                    self._changed.wait()
                if not self._jobs:
                    return None
                left = self._jobs[0].arrived + self._max_delay - time.monotonic()
                if left <= 0 or self._rows >= self.max_batch or self._closed:
                    return self._pop()
                self._changed.wait(left)

    def _pop(self) -> List[_Job]:
        taken: List[_Job] = []
        size = 0
        while self._jobs and size + len(self._jobs[0].rows) <= self.max_batch:
            taken.append(self._jobs.popleft())
            size += len(taken[-1].rows)
        self._rows -= size
        return taken

    def _run(self, runtime: Runtime, jobs: List[_Job]) -> None:
        started = time.monotonic()
        batch = np.concatenate([job.rows for job in jobs])  # copies: the rows may be unaligned views of a request body
        failure: Optional[Exception] = None
        output = batch
        try:
            output = np.asarray(runtime(batch))
            if len(output) != len(batch):
                raise RuntimeError(f"the runtime returned {len(output)} rows for {len(batch)} inputs")
        except Exception as error:  # fails these requests only; the thread runs the next batch
            failure = error
        message = "" if failure is None else f"{type(failure).__name__}: {failure}"
        self._observe(Call(len(batch), len(jobs), started - jobs[0].arrived, time.monotonic() - started, message))
        start = 0
        for job in jobs:
            if failure is None:
                job.future.set_result(output[start:start + len(job.rows)].copy())
            else:
                job.future.set_exception(failure)
            start += len(job.rows)
