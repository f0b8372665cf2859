# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Worker processes, for ops that hold the GIL; images return through shared memory.

The workers are forked, so the list of the data set is not copied. The shared memory is an anonymous mapping and the
messages go through socket pairs. Neither has a name, so nothing can remain in /dev/shm, and it does not matter if it
is full; the system frees everything with the last process. A worker exits when its parent exits for any
reason.
"""

from __future__ import annotations

import collections
import contextlib
import mmap
import multiprocessing
import os
import pickle
import signal
import sys
import traceback
from multiprocessing import connection
from typing import Any, Callable, Deque, Dict, Generator, Iterable, Iterator, List, Optional, Sequence, Tuple

import numpy as np

from ppclas_core.data.errors import BadImage, PluginTransformError, TransformError
from ppclas_core.data.sample import SampleReader
from ppclas_core.data.workers.batch_buffer import BatchBuffer, other_shape
from ppclas_core.errors import UserError

_AHEAD = 2
_PATIENCE = 5.0

_GROUP_SIGNALS = (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))

available = sys.platform == "linux" and "fork" in multiprocessing.get_all_start_methods()
"""Whether this system can fork safely; otherwise threads are used."""


def in_processes(
    buffers: Iterable[BatchBuffer],
    reader: SampleReader,
    on_bad: Callable[[int, BadImage], None],
    finish: Callable[[BatchBuffer], Any],
    workers: int,
    batch_size: int,
    example: np.ndarray,
) -> Generator[Any, None, None]:
    """Yield `finish(buffer)` of every buffer in order; `workers` processes read the samples.

    Closing the generator ends the processes. An exception is raised in its place in the order.

    Args:
        on_bad: called with the key and error of an unusable sample.
        example: an image from the reader; all images must have its shape and dtype.

    Raises:
        UserError: there is not enough shared memory, or a worker died.
    """
    team = _Team(reader, workers, batch_size, example)
    waiting: Deque[Tuple[int, BatchBuffer]] = collections.deque()
    try:
        for number, buffer in enumerate(buffers):
            waiting.append((number, buffer))
            team.order(number, buffer)
            if len(waiting) > _AHEAD:
                yield finish(team.collect(*waiting.popleft(), on_bad))
            del buffer
        while waiting:
            yield finish(team.collect(*waiting.popleft(), on_bad))
    finally:
        team.end()


class _Team:
    """Worker processes with their pipes and a ring of batches in shared memory."""

    def __init__(self, reader: SampleReader, workers: int, batch_size: int, example: np.ndarray) -> None:
        self._reader, self._next = reader, 0
        self._slots = _AHEAD + 1
        shape = (self._slots, batch_size, *example.shape)
        self._ring = np.frombuffer(_shared_memory(int(np.prod(shape)) * example.itemsize), example.dtype).reshape(shape)
        self._pending: List[int] = [0] * self._slots
        self._outcomes: List[List[Tuple[int, Any]]] = [[] for _ in range(self._slots)]
        self._pipes: List[Any] = []
        self._processes: List[Any] = []
        fork = multiprocessing.get_context("fork")
        for _ in range(workers):
            ours, theirs = fork.Pipe()
            self._pipes.append(ours)
            process = fork.Process(target=_work, args=(theirs, list(self._pipes), reader, self._ring), daemon=True,
                                   name="ppclas-loader")
            with _signals_held():
                process.start()
            theirs.close()
            self._processes.append(process)

    def order(self, number: int, buffer: BatchBuffer) -> None:
        """Distribute the samples of a batch to the workers, two parts each."""
        slot, workers = number % self._slots, len(self._pipes)
        for places in np.array_split(np.arange(len(buffer)), min(2 * workers, len(buffer))):
            task = (slot, [(int(place), int(buffer.keys[place])) for place in places])
            try:
                self._pipes[self._next].send(task)
            except OSError:
                raise self._dead(self._next) from None
            self._pending[slot] += 1
            self._next = (self._next + 1) % workers

    def collect(self, number: int, buffer: BatchBuffer, on_bad: Callable[[int, BadImage], None]) -> BatchBuffer:
        """Wait for a batch and copy it into the buffer."""
        slot = number % self._slots
        while self._pending[slot]:
            for pipe in connection.wait(self._pipes):
                self._receive(self._pipes.index(pipe))
        outcomes, self._outcomes[slot] = sorted(self._outcomes[slot], key=lambda outcome: outcome[0]), []
        for place, error in outcomes:
            if isinstance(error, BadImage):
                on_bad(int(buffer.keys[place]), error)
            elif error is not None:
                raise error
            else:
                path = self._reader.source.path(self._reader.index(int(buffer.keys[place])))
                buffer.put(place, self._ring[slot, place], path)
        return buffer

    def _receive(self, worker: int) -> None:
        try:
            slot, outcomes, sums = self._pipes[worker].recv()
        except (EOFError, OSError):
            raise self._dead(worker) from None
        self._pending[slot] -= 1
        self._outcomes[slot] += [(place, None if error is None else pickle.loads(error)) for place, error in outcomes]
        self._reader.plan.stages.merge(sums)

    def _dead(self, worker: int) -> UserError:
        process = self._processes[worker]
        process.join(_PATIENCE)
        code = process.exitcode
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        cause = "; signal 9 is often the system, out of memory" if code == -signal.SIGKILL else ""
        return UserError(f"a data worker (process {process.pid}) died: {how}{cause}",
                         do="lower num_workers or batch_size, or set worker_type: threads")

    def end(self) -> None:
        """Kill all workers."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.kill()  # a worker has nothing to write
        for process in self._processes:
            process.join()
            process.close()
        self._processes.clear()


def _work(pipe: Any, of_parent: Sequence[Any], reader: SampleReader, ring: np.ndarray) -> None:
    """Read the samples requested through the pipe until the parent closes its end."""
    for signum in _GROUP_SIGNALS:  # sent to all processes by terminals and launchers; the parent handles them
        signal.signal(signum, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _GROUP_SIGNALS)
    for other in of_parent:  # otherwise they stay open when the parent dies
        other.close()
    reader.plan.stages.take()
    while True:
        try:
            slot, places = pipe.recv()
        except (EOFError, OSError):
            return
        outcomes = [(place, _attempt(reader, key, ring[slot, place])) for place, key in places]
        try:
            pipe.send((slot, outcomes, reader.plan.stages.take()))
        except OSError:
            return


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """Block signals during a fork until the worker ignores them, as it inherits the parent's handlers."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _GROUP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _attempt(reader: SampleReader, key: int, out: np.ndarray) -> Optional[bytes]:
    """Read a sample into `out`; return None, or the pickled exception."""
    try:
        image = reader.load(key)
        if image.shape != out.shape or image.dtype != out.dtype:
            raise other_shape(image.shape, out.shape, reader.source.path(reader.index(key)), "others")
        out[...] = image
    except TransformError as error:
        trace = "".join(traceback.format_exception(None, error, error.__traceback__))
        cause = RuntimeError(f"in a data worker:\n{trace}")
        return pickle.dumps(PluginTransformError(error.op, error.path, cause, error.owner)
                            if isinstance(error, PluginTransformError) else TransformError(error.op, error.path, cause))
    except UserError as error:
        return pickle.dumps(error)
    except Exception as error:
        trace = "".join(traceback.format_exception(None, error, error.__traceback__))
        return pickle.dumps(RuntimeError(f"a data worker failed: {type(error).__name__}: {error}\n{trace}"))
    return None


def _shared_memory(size: int) -> mmap.mmap:
    """Return zeroed memory that is shared with forked processes.

    Raises:
        UserError: there is not enough memory.
    """
    left = _available_memory().get("MemAvailable")
    do = "lower batch_size or num_workers, or set worker_type: threads"
    if left is not None and size > left:
        raise UserError(f"the data workers need {size / 1e9:.2f} GB of shared memory, {left / 1e9:.2f} GB are free",
                        do=do)
    try:
        return mmap.mmap(-1, max(size, 1))
    except OSError as error:
        raise UserError(f"the system gives no {size / 1e9:.2f} GB of shared memory: {error.strerror or error}",
                        do=do) from error


def _available_memory() -> Dict[str, int]:
    """Return name -> bytes from /proc/meminfo; empty on other systems."""
    if not sys.platform.startswith("linux") or not os.path.exists("/proc/meminfo"):
        return {}
    with open("/proc/meminfo", encoding="ascii") as stream:
        rows = [line.split() for line in stream]
    return {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows if len(row) > 2}
