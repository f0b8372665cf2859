# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Loader of batches from a source through a pipeline; the data is the same for any number and kind of workers."""

from __future__ import annotations

import contextlib
import time
from typing import Any, Generator, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from ppclas_core.data.bad_images import BadImages
from ppclas_core.data.decoding.decoders import choose_decoder
from ppclas_core.data.errors import BadImage
from ppclas_core.data.fused import FusedPipeline
from ppclas_core.data.opencv import one_thread_per_call
from ppclas_core.data.pipeline import Pipeline, op_at_epoch
from ppclas_core.data.readers.source import Source
from ppclas_core.data.sample import SampleReader
from ppclas_core.data.sampler import EpochOrder, batch_rng
from ppclas_core.data.soft_labels import class_probabilities
from ppclas_core.data.timing import COLLATE, TRAIN, WAIT, Stages
from ppclas_core.data.workers.batch_buffer import BatchBuffer
from ppclas_core.data.workers.buffer_pool import BufferPool
from ppclas_core.data.workers.choice import choose_workers
from ppclas_core.data.workers.processes import in_processes
from ppclas_core.data.workers.threads import in_threads
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue

Mixed = Tuple[np.ndarray, np.ndarray, Any]


class Batch(NamedTuple):
    """One batch.

    Args:
        images: (N, C, H, W) float32.
        labels: (N,) int64, before mixing; for multi-label data (N, num_classes) float32, 1 if
            the image has the class, else 0.
        mixed: None, or (y_a, y_b, lam) of the mixing op: the target is lam * y_a + (1 - lam) * y_b, with one lam for
            the batch or one per sample (N,); y_a and y_b are like `labels`.
        indices: (N,) int64, indices of the samples in the source.
    """

    images: np.ndarray
    labels: np.ndarray
    mixed: Optional[Mixed]
    indices: np.ndarray

    def probabilities(self, num_classes: int) -> np.ndarray:
        """Return the target, mixed or not, as class probabilities (N, num_classes) float32."""
        return class_probabilities(self.mixed or (self.labels, self.labels, 1.0), num_classes)


class _Epoch(NamedTuple):
    """Samples of an epoch in order, their reader, and the mixing op of the epoch."""

    samples: np.ndarray
    reader: SampleReader
    mix: Any


class Loader:
    """Loader of the batches of one process.

    Args:
        source: data set.
        pipeline: transforms; their output must be CHW float32.
        batch_size: number of images per batch of this process.
        shuffle: new order in each epoch; else the order of the source.
        drop_last: omit an incomplete last batch.
        seed: seed of all randomness, together with the epoch.
        num_workers: number of workers; 0: run in the caller; "auto": number of usable cores, at most 8.
        worker_type: "threads", "processes", or "auto": processes if an op holds the GIL.
        decoder: replacement of DecodeImage with the same pixels; see `choose_decoder`.
        sampler: "shuffle", or "balanced": each class occurs equally often in an epoch, which needs `shuffle`.
        num_classes: number of classes; required for multi-label data.
        profile: measure the time of each stage, in `stages`.
        mix: at most one op `op(images, labels, rng) -> (images, (y_a, y_b, lam))`.
        rank, world_size: this process and the number of processes; see `EpochOrder`.
        on_bad_image: "fail" raises at the first unusable image; "skip" omits it from its batch and lists it.
        bad_image_budget: fraction of the source, in 0..1, that may be skipped.

    Raises:
        UserError: a parameter is invalid, or the training set is smaller than one batch.
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
        worker_type: str = "auto",
        decoder: str = "auto",
        sampler: str = "shuffle",
        profile: bool = False,
        num_classes: Optional[int] = None,
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
        if sampler not in ("shuffle", "balanced"):
            raise UserError(f"sampler is {sampler!r}; it must be 'shuffle' or 'balanced'")
        if sampler == "balanced" and not shuffle:
            raise UserError("sampler 'balanced' is for training: evaluation takes every image once")
        if source.multilabel and sampler == "balanced":
            raise UserError("sampler 'balanced' deals images by their class; images of several classes have no one")
        if source.multilabel and num_classes is None:
            raise UserError("images with several labels need num_classes, the width of their targets")
        self._classes = num_classes
        self.workers = choose_workers(num_workers, worker_type, pipeline, source)
        self.stages = Stages(profile)
        self._decoder = choose_decoder(decoder, pipeline)
        self._pool = BufferPool()
        self._mix, self._rank, self._world = (mix[0] if mix else None), rank, world_size
        self._bad = BadImages(on_bad_image, bad_image_budget, len(source))
        self._order = EpochOrder(len(source), batch_size, shuffle=shuffle, drop_last=drop_last, seed=seed,
                                 rank=rank, world_size=world_size,
                                 balance=source.labels if sampler == "balanced" else None)
        if len(self) == 0 and (drop_last or shuffle):
            needed = batch_size * world_size if drop_last else world_size
            raise UserError(f"{len(source)} images do not fill one step, which takes {needed}",
                            do="lower batch_size" if drop_last else "train with fewer processes")

    def __len__(self) -> int:
        """Return the number of steps per epoch of this process."""
        return self._order.steps

    @property
    def bad_images(self) -> List[Tuple[str, str]]:
        """(path, reason) of the skipped images, in the order of the source."""
        return self._bad.listed()

    def epoch(self, epoch: int, start_step: int = 0) -> Generator[Batch, None, None]:
        """Yield the batches of one epoch from `start_step`; closing the iterator ends its workers.

        A batch is smaller than `batch_size` at the end of an epoch or if images were skipped; a batch without
        images is omitted.

        Raises:
            BadImage, TransformError, UserError: errors of a sample, raised at its position in the order.
        """
        plan = FusedPipeline(self.pipeline.at_epoch(epoch), self._decoder, self.stages)
        now = _Epoch(self._order.samples(epoch), SampleReader(self.source, plan, self.seed, epoch),
                     op_at_epoch(self._mix, epoch, catalogue().owner_of("op", self._mix)))
        with one_thread_per_call(), contextlib.closing(self._made(now, range(start_step, len(self)))) as made:
            for batch in self._watched(made):
                if len(batch.indices):
                    yield batch
                elif self._world > 1:
                    raise UserError("every image of a batch is bad; processes that train together cannot skip it")

    def _made(self, now: _Epoch, steps: range) -> Generator[Batch, None, None]:
        """Return a generator of the batches of the given steps, made by the workers."""
        buffers = (BatchBuffer(step, self._order.batch(now.samples, step), now.reader.plan, self._pool)
                   for step in steps)

        def fill(buffer: BatchBuffer, slot: int) -> None:
            self._fill(now.reader, buffer, slot)

        def finish(buffer: BatchBuffer) -> Batch:
            with self.stages.measure(COLLATE):
                return self._finish(now, buffer)

        kind, number, _ = self.workers
        example = self._example(now, steps) if kind == "processes" else None
        if kind == "threads":
            return in_threads(buffers, fill, finish, number, self.batch_size)
        if example is not None:
            return in_processes(buffers, now.reader, self._note_bad, finish, number, self.batch_size, example)
        return _in_caller(buffers, fill, finish)

    def _watched(self, made: Iterator[Batch]) -> Iterator[Batch]:
        """Yield the same batches; record the time waited for each, and the time until the next request."""
        while True:
            asked = time.perf_counter()
            batch = next(made, None)
            if batch is None:
                return
            given = time.perf_counter()
            self.stages.count("images", len(batch.indices))
            yield batch
            del batch  # its memory can be reused now
            if self.stages.timed:
                self.stages.add(WAIT, given - asked)
                self.stages.add(TRAIN, time.perf_counter() - given)

    def _example(self, now: _Epoch, steps: range) -> Optional[np.ndarray]:
        """Return a usable image of the first batch, for its shape; None if there is none."""
        for key in self._order.batch(now.samples, steps.start).tolist() if steps else ():
            with contextlib.suppress(BadImage):
                return now.reader.load(key)
        return None

    def _fill(self, reader: SampleReader, buffer: BatchBuffer, slot: int) -> None:
        key = int(buffer.keys[slot])
        try:
            image = reader.load(key)
        except BadImage as error:
            self._note_bad(key, error)
            return
        buffer.put(slot, image, self.source.path(reader.index(key)))

    def _note_bad(self, key: int, error: BadImage) -> None:
        self._bad.add(key % len(self.source), error)

    def _finish(self, now: _Epoch, buffer: BatchBuffer) -> Batch:
        images, keys = buffer.take()
        indices = keys % len(self.source)
        labels = self.source.labels[indices]
        if self.source.multilabel:
            labels = labels.hot(self._classes)
        mixed: Optional[Mixed] = None
        if now.mix is not None and len(indices):
            rng = batch_rng(self.seed, now.reader.epoch, buffer.step * self._world + self._rank)
            with catalogue().calling_object("op", now.mix):
                if labels.ndim == 1:
                    images, mixed = now.mix(images, labels, rng)
                else:  # the op permutes image indices in place of labels
                    images, (first, second, lam) = now.mix(images, np.arange(len(labels)), rng)
                    mixed = labels[first], labels[second], lam
        return Batch(images, labels, mixed, indices)


def _in_caller(buffers: Iterator[BatchBuffer], fill: Any, finish: Any) -> Generator[Batch, None, None]:
    for buffer in buffers:
        for slot in range(len(buffer)):
            fill(buffer, slot)
        yield finish(buffer)
        del buffer
