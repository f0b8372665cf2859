# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The loader: batches of a source through a pipeline, read by threads, the same for any number of them."""

from __future__ import annotations

import collections
import contextlib
import math
import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Deque, Generator, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from ppclas_core.data.bad_images import BadImages
from ppclas_core.data.batch_buffer import BatchBuffer
from ppclas_core.data.cv import one_thread_per_call
from ppclas_core.data.errors import BadImage
from ppclas_core.data.order import EpochOrder, batch_rng, sample_rng
from ppclas_core.data.pipeline import Pipeline, op_at_epoch
from ppclas_core.data.soft_labels import class_probabilities
from ppclas_core.data.source import Source
from ppclas_core.errors import UserError

_READ_AHEAD = 2
"""Batches that are read while one is in use."""

Mixed = Tuple[np.ndarray, np.ndarray, Any]


class Batch(NamedTuple):
    """One batch.

    Args:
        images: (N, C, H, W) float32.
        labels: (N,) int64, before mixing.
        mixed: None, or (y_a, y_b, lam) of the mixing op: the target is lam * y_a + (1 - lam) * y_b, with one lam for
            the batch or one per sample (N,).
        indices: (N,) int64, of the samples in the source.
    """

    images: np.ndarray
    labels: np.ndarray
    mixed: Optional[Mixed]
    indices: np.ndarray

    def probabilities(self, num_classes: int) -> np.ndarray:
        """The same target as class probabilities, (N, num_classes) float32, mixed or not."""
        return class_probabilities(self.mixed or (self.labels, self.labels, 1.0), num_classes)


class _Epoch(NamedTuple):
    """Its number, the samples in their order, and the ops as they are in it."""

    number: int
    samples: np.ndarray
    pipeline: Pipeline
    mix: Any


class Loader:
    """Batches of one process.

    Args:
        source, pipeline: what to read and what to do with it; the pipeline must end in CHW float32.
        batch_size: of this process.
        shuffle: a new order each epoch; else the order of the source.
        drop_last: leave out a last batch that is not full.
        seed: with the epoch, it determines all randomness.
        num_workers: threads; 0 works in the caller; "auto" as many as this process has cores, at most 8.
        mix: at most one op `op(images, labels, rng) -> (images, (y_a, y_b, lam))`.
        rank, world_size: this process and their number; see `EpochOrder` for who gets what.
        on_bad_image: "fail" raises at the first unusable image; "skip" leaves it out of its batch and lists it.
        bad_image_budget: share of the source, in 0..1, that may be skipped.

    Raises:
        UserError: a wrong parameter, or a training set that does not fill one batch.
    """

    def __init__(
        self,
        source: Source,
        pipeline: Pipeline,
        batch_size: int,
        *,
        shuffle: bool,
        drop_last: bool,
        seed: int = 0,
        num_workers: Union[int, str] = "auto",
        mix: Sequence[Any] = (),
        rank: int = 0,
        world_size: int = 1,
        on_bad_image: str = "fail",
        bad_image_budget: float = 0.01,
    ) -> None:
        state = pipeline.final_state
        if (state.layout, state.dtype) != ("CHW", "float32"):
            missing = " and ".join(op for op, there in (("NormalizeImage", state.dtype == "float32"),
                                                        ("ToCHWImage", state.layout == "CHW")) if not there)
            raise UserError(f"the transforms end in {state.layout} {state.dtype}; a network takes CHW float32",
                            do=f"add {missing} at the end")
        if batch_size < 1:
            raise UserError(f"batch_size is {batch_size}; it must be at least 1")
        if len(mix) > 1:
            raise UserError(f"mix has {len(mix)} ops; a batch is mixed once", do="keep one of them")
        self.source, self.pipeline, self.batch_size, self.seed = source, pipeline, batch_size, seed
        self.num_workers = _workers(num_workers)
        self._mix, self._rank, self._world = (mix[0] if mix else None), rank, world_size
        self._bad = BadImages(on_bad_image, bad_image_budget, len(source))
        self._order = EpochOrder(len(source), batch_size, shuffle=shuffle, drop_last=drop_last, seed=seed,
                                 rank=rank, world_size=world_size)
        if len(self) == 0 and (drop_last or shuffle):
            needed = batch_size * world_size if drop_last else world_size
            raise UserError(f"{len(source)} images do not fill one step, which takes {needed}",
                            do="lower batch_size" if drop_last else "train with fewer processes")

    def __len__(self) -> int:
        """Steps per epoch of this process."""
        return self._order.steps

    @property
    def bad_images(self) -> List[Tuple[str, str]]:
        """(path, reason) of the images skipped so far, in the order of the source."""
        return self._bad.listed()

    def epoch(self, epoch: int, start_step: int = 0) -> Iterator[Batch]:
        """The batches of one epoch, from `start_step` on; closing the iterator ends its threads.

        A batch can be smaller than `batch_size` at the end of an epoch and where images were skipped; one that lost
        all its images is left out.

        Raises:
            BadImage, TransformError, UserError: of a sample, in its place in the order.
        """
        now = _Epoch(epoch, self._order.samples(epoch), self.pipeline.at_epoch(epoch),
                     op_at_epoch(self._mix, epoch))
        batches = self._in_threads if self.num_workers else self._in_caller
        with one_thread_per_call(), contextlib.closing(batches(now, range(start_step, len(self)))) as made:
            for batch in made:
                if len(batch.indices):
                    yield batch
                elif self._world > 1:
                    raise UserError("every image of a batch is bad; processes that train together cannot skip it")

    def _in_caller(self, now: _Epoch, steps: range) -> Generator[Batch, None, None]:
        for step in steps:
            buffer = BatchBuffer(self._order.batch(now.samples, step))
            for slot in range(len(buffer)):
                self._load(now, buffer, slot)
            yield self._finish(now, step, buffer, ())

    def _in_threads(self, now: _Epoch, steps: range) -> Generator[Batch, None, None]:
        waiting: Deque[Future[Batch]] = collections.deque()
        ahead = max(_READ_AHEAD, math.ceil(2 * self.num_workers / self.batch_size))
        pool = ThreadPoolExecutor(self.num_workers, thread_name_prefix="ppclas-loader")
        try:
            for step in steps:
                buffer = BatchBuffer(self._order.batch(now.samples, step))
                parts = [pool.submit(self._load, now, buffer, slot) for slot in range(len(buffer))]
                # Its samples are before it in the pool's queue, so waiting for them inside the pool cannot block it.
                waiting.append(pool.submit(self._finish, now, step, buffer, parts))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _load(self, now: _Epoch, buffer: BatchBuffer, slot: int) -> None:
        index = int(buffer.indices[slot])
        path = self.source.path(index)
        try:
            data = self.source.read(index)
            image = now.pipeline(data, sample_rng(self.seed, now.number, index), path)
        except BadImage as error:
            self._bad.add(index, error.at(path))
            return
        buffer.put(slot, image, path)

    def _finish(self, now: _Epoch, step: int, buffer: BatchBuffer, parts: Sequence[Future[None]]) -> Batch:
        for part in parts:
            part.result()
        images, indices = buffer.take()
        labels = self.source.labels[indices]
        mixed: Optional[Mixed] = None
        if now.mix is not None and len(indices):
            rng = batch_rng(self.seed, now.number, step * self._world + self._rank)
            images, mixed = now.mix(images, labels, rng)
        return Batch(images, labels, mixed, indices)


def _workers(num_workers: Union[int, str]) -> int:
    if num_workers == "auto":
        affinity = getattr(os, "sched_getaffinity", None)  # a container often has fewer cores than the machine
        return min(8, len(affinity(0)) if affinity else os.cpu_count() or 1)
    if isinstance(num_workers, bool) or not isinstance(num_workers, int) or num_workers < 0:
        raise UserError(f"num_workers is {num_workers!r}; it must be 'auto' or a whole number of at least 0")
    return num_workers
