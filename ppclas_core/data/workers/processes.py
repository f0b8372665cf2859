# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Worker processes, for ops that hold the GIL; images return through shared memory.

The workers are forked, so the list of the data set is not copied. The shared memory is an anonymous mapping, and the
messages go through socket pairs. Neither has a name or uses /dev/shm, so nothing remains when the last process exits,
and a full /dev/shm does no harm. A worker exits when its parent exits for any reason.
"""

from __future__ import annotations

import collections
import contextlib
import mmap
import multiprocessing
import os
import signal
import sys
import traceback
from multiprocessing import connection
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Deque,
    Dict,
    Generator,
    Iterable,
    Iterator,
    List,
    Optional,
    Sequence,
    Tuple,
    TypeVar,
)

import numpy as np

from ppclas_core.data.errors import BadImage, PluginTransformError, TransformError
from ppclas_core.data.sample import SampleReader
from ppclas_core.data.workers.batch_buffer import BatchBuffer, shape_error
from ppclas_core.errors import UserError

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

    Connection = connection.Connection[Any, Any]

Made = TypeVar("Made")

_AHEAD = 2  # batches that are read ahead
_JOIN_SECONDS = 5.0  # time for a worker whose pipe is closed to exit

_GROUP_SIGNALS = (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []))

available = sys.platform == "linux" and "fork" in multiprocessing.get_all_start_methods()
"""Whether this system can fork safely; otherwise threads are used."""


def in_processes(
    buffers: Iterable[BatchBuffer],
    reader: SampleReader,
    on_bad: Callable[[int, BadImage], None],
    finish: Callable[[BatchBuffer], Made],
    workers: int,
    batch_size: int,
    example: np.ndarray,
) -> Generator[Made, None, None]:
    """Yield `finish(buffer)` of every buffer in order; `workers` processes read the samples.

    Closing the generator ends the processes. An exception is raised in place of the result of its buffer.

    Args:
        buffers: empty buffers of successive batches.
        reader: reader of the samples; each process has a copy.
        on_bad: called with the key and error of an unusable sample.
        finish: makes the result of a filled buffer.
        workers: number of processes.
        batch_size: largest number of samples in a buffer.
        example: an image from the reader; all images must have its shape and dtype.

    Raises:
        UserError: there is not enough shared memory, or a worker died.
    """
    team = _Team(reader, workers, batch_size, example)
    waiting: Deque[Tuple[int, BatchBuffer]] = collections.deque()
    try:
        for number, buffer in enumerate(buffers):
            waiting.append((number, buffer))
            team.send(number, buffer)
            if len(waiting) > _AHEAD:
                yield finish(team.collect(*waiting.popleft(), on_bad))
            del buffer
        while waiting:
            yield finish(team.collect(*waiting.popleft(), on_bad))
    finally:
        team.end()


class _Team:
    """Worker processes with their pipes and a ring of batches in shared memory.

    Batch `number` uses position `number % positions` of the ring.
    """

    def __init__(self, reader: SampleReader, workers: int, batch_size: int, example: np.ndarray) -> None:
        self._reader = reader
        self._next_worker = 0
        self._positions = _AHEAD + 1
        shape = (self._positions, batch_size, *example.shape)
        self._ring = np.frombuffer(_shared_memory(int(np.prod(shape)) * example.itemsize), example.dtype).reshape(shape)
        self._pending: List[int] = [0] * self._positions
        self._outcomes: List[List[Tuple[int, Optional[BaseException]]]] = [[] for _ in range(self._positions)]
        self._pipes: List[Connection] = []
        self._processes: List[ForkProcess] = []
        fork = multiprocessing.get_context("fork")
        for _ in range(workers):
            ours, theirs = fork.Pipe()
            self._pipes.append(ours)
            process = fork.Process(target=_work, args=(theirs, list(self._pipes), reader, self._ring), daemon=True,
                                   name="ppclas-loader")
            with _signals_blocked():
                process.start()
            theirs.close()
            self._processes.append(process)

    def send(self, number: int, buffer: BatchBuffer) -> None:
        """Distribute the samples of a batch to the workers, two parts each."""
        position = number % self._positions
        workers = len(self._pipes)
        for slots in np.array_split(np.arange(len(buffer)), min(2 * workers, len(buffer))):
            task = (position, [(int(slot), int(buffer.keys[slot])) for slot in slots])
            try:
                self._pipes[self._next_worker].send(task)
            except OSError:
                raise self._death(self._next_worker) from None
            self._pending[position] += 1
            self._next_worker = (self._next_worker + 1) % workers

    def collect(self, number: int, buffer: BatchBuffer, on_bad: Callable[[int, BadImage], None]) -> BatchBuffer:
        """Wait for a batch and copy it into the buffer."""
        position = number % self._positions
        while self._pending[position]:
            for pipe in connection.wait(self._pipes):
                self._receive(self._pipes.index(pipe))  # type: ignore[arg-type]  # it returns some of these pipes
        outcomes = sorted(self._outcomes[position], key=lambda outcome: outcome[0])
        self._outcomes[position] = []
        for slot, error in outcomes:
            if isinstance(error, BadImage):
                on_bad(int(buffer.keys[slot]), error)
            elif error is not None:
                raise error
            else:
                path = self._reader.source.path(self._reader.index(int(buffer.keys[slot])))
                buffer.put(slot, self._ring[position, slot], path)
        return buffer

    def _receive(self, worker: int) -> None:
        """Receive the outcomes of one part from a worker."""
        try:
            position, outcomes, sums = self._pipes[worker].recv()
        except (EOFError, OSError):
            raise self._death(worker) from None
        self._pending[position] -= 1
        self._outcomes[position] += outcomes
        self._reader.plan.stages.merge(sums)

    def _death(self, worker: int) -> UserError:
        """Return the error for a worker that exited."""
        process = self._processes[worker]
        process.join(_JOIN_SECONDS)
        code = process.exitcode
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        cause = "; signal 9 usually means that the system ran out of memory" if code == -signal.SIGKILL else ""
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


def _work(pipe: Connection, of_parent: Sequence[Connection], reader: SampleReader, ring: np.ndarray) -> None:
    """Load the samples requested through the pipe, until the parent closes its end.

    Args:
        pipe: end of the worker.
        of_parent: ends of the parent, inherited by the fork.
        reader: reader of the samples.
        ring: (positions, slots, ...) shared memory for the images.
    """
    for signum in _GROUP_SIGNALS:  # sent to all processes by terminals and launchers; the parent handles them
        signal.signal(signum, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _GROUP_SIGNALS)
    for other in of_parent:  # while one is open here, recv() would not end when the parent dies
        other.close()
    reader.plan.stages.take()  # reset the times inherited from the parent
    while True:
        try:
            position, samples = pipe.recv()
        except (EOFError, OSError):
            return
        outcomes = [(slot, _attempt(reader, key, ring[position, slot])) for slot, key in samples]
        try:
            pipe.send((position, outcomes, reader.plan.stages.take()))
        except OSError:
            return


@contextlib.contextmanager
def _signals_blocked() -> Iterator[None]:
    """Block signals during a fork until the worker ignores them, as it inherits the parent's handlers."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _GROUP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _attempt(reader: SampleReader, key: int, out: np.ndarray) -> Optional[Exception]:
    """Read a sample into `out`; return None, or an exception that the pipe to the parent can carry."""
    try:
        image = reader.load(key)
        if image.shape != out.shape or image.dtype != out.dtype:
            raise shape_error(image.shape, out.shape, reader.source.path(reader.index(key)), "others")
        out[...] = image
    except TransformError as error:
        trace = "".join(traceback.format_exception(None, error, error.__traceback__))
        cause = RuntimeError(f"in a data worker:\n{trace}")
        if isinstance(error, PluginTransformError):
            return PluginTransformError(error.op, error.path, cause, error.owner)
        return TransformError(error.op, error.path, cause)
    except UserError as error:
        return error
    except Exception as error:  # a defect, reported by the parent with the traceback, which no pipe carries
        trace = "".join(traceback.format_exception(None, error, error.__traceback__))
        return RuntimeError(f"a data worker failed: {type(error).__name__}: {error}\n{trace}")
    return None


def _shared_memory(size: int) -> mmap.mmap:
    """Return zeroed memory that is shared with forked processes.

    Raises:
        UserError: there is not enough memory.
    """
    left = _memory_info().get("MemAvailable")
    do = "lower batch_size or num_workers, or set worker_type: threads"
    if left is not None and size > left:
        raise UserError(f"the data workers need {size / 1e9:.2f} GB of shared memory, but {left / 1e9:.2f} GB are free",
                        do=do)
    try:
        return mmap.mmap(-1, max(size, 1))
    except OSError as error:
        raise UserError(f"the system cannot allocate {size / 1e9:.2f} GB of shared memory: {error.strerror or error}",
                        do=do) from error


def _memory_info() -> Dict[str, int]:
    """Return name -> bytes from /proc/meminfo; empty on other systems."""
    if not sys.platform.startswith("linux") or not os.path.exists("/proc/meminfo"):
        return {}
    with open("/proc/meminfo", encoding="ascii") as stream:
        rows = [line.split() for line in stream]
    return {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows if len(row) > 2}
