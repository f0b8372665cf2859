# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Loader: yields the batches of an epoch.

In: a `Source` (encoded images and labels) and a `Pipeline` (transforms). Out: a `Batch` per step (images, targets).
The data is the same for any number and kind of workers.

The way of an image into a batch:
1. `sampler.EpochOrder` gives the keys of the samples of each step.
2. `workers` (threads, processes, or the caller) load the samples: `sample.SampleReader` reads the bytes from the source
   and runs the transforms (`fused`).
3. Each image goes into its slot of a `workers.batch_buffer.BatchBuffer`; unusable ones go to `bad_images`.
4. The loader takes the filled buffer, looks up the labels, applies the mixing op and yields a `Batch`.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import Callable, Generator, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

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
from ppclas_core.data.soft_labels import Mixed, MixOp, class_probabilities
from ppclas_core.data.timing import COLLATE, TRAIN, WAIT, Stages
from ppclas_core.data.workers.batch_buffer import BatchBuffer, BufferPool
from ppclas_core.data.workers.choice import choose_workers
from ppclas_core.data.workers.processes import in_processes
from ppclas_core.data.workers.threads import in_threads
from ppclas_core.errors import UserError
from ppclas_core.plugins.catalogue import catalogue


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
    mix: Optional[MixOp]


@dataclass(eq=False, repr=False)
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
        rank: rank of this process, see `EpochOrder`.
        world_size: number of processes.
        on_bad_image: "fail" raises at the first unusable image; "skip" omits it from its batch and lists it.
        bad_image_budget: fraction of the source, in 0..1, that may be skipped.

    Attributes:
        workers: number and kind of the workers, with the reason of the choice.
        stages: times and event counts.

    Raises:
        UserError: a parameter is invalid, or the training set is smaller than one batch.
    """

    source: Source
    pipeline: Pipeline
    batch_size: int
    shuffle: bool
    drop_last: bool
    seed: int = 0
    num_workers: Union[int, str] = "auto"
    mix: Sequence[MixOp] = ()
    rank: int = 0
    world_size: int = 1
    on_bad_image: str = "fail"
    bad_image_budget: float = 0.01
    worker_type: str = "auto"
    decoder: str = "auto"
    sampler: str = "shuffle"
    profile: bool = False
    num_classes: Optional[int] = None

    def __post_init__(self) -> None:
        self._check_output()
        self._check_parameters()
        self._decoder = choose_decoder(self.decoder, self.pipeline)
        self.workers = choose_workers(self.num_workers, self.worker_type, self.pipeline, self.source, self._decoder)
        self.stages = Stages(self.profile)
        self._pool = BufferPool()
        self._mix = self.mix[0] if self.mix else None
        self._bad = BadImages(self.on_bad_image, self.bad_image_budget, len(self.source))
        self._order = EpochOrder(len(self.source), self.batch_size, shuffle=self.shuffle, drop_last=self.drop_last,
                                 seed=self.seed, rank=self.rank, world_size=self.world_size,
                                 balance=self.source.labels if self.sampler == "balanced" else None)
        if len(self) == 0 and (self.drop_last or self.shuffle):
            needed = self.batch_size * self.world_size if self.drop_last else self.world_size
            raise UserError(f"{len(self.source)} images do not fill one step, which takes {needed}",
                            do="lower batch_size" if self.drop_last else "train with fewer processes")

    def _check_output(self) -> None:
        """Refuse a pipeline whose output is not CHW float32."""
        state = self.pipeline.final_state
        if (state.layout, state.dtype) != ("CHW", "float32"):
            missing = " and ".join(op for op, there in (("NormalizeImage", state.dtype == "float32"),
                                                        ("ToCHWImage", state.layout == "CHW")) if not there)
            raise UserError(f"the transforms end in {state.layout} {state.dtype}; a network takes CHW float32",
                            do=f"add {missing} at the end")

    def _check_parameters(self) -> None:
        if self.batch_size < 1:
            raise UserError(f"batch_size is {self.batch_size}; it must be at least 1")
        if len(self.mix) > 1:
            raise UserError(f"mix has {len(self.mix)} ops; a batch is mixed once", do="keep one of them")
        if self.sampler not in ("shuffle", "balanced"):
            raise UserError(f"sampler is {self.sampler!r}; it must be 'shuffle' or 'balanced'")
        if self.sampler == "balanced" and not self.shuffle:
            raise UserError("sampler 'balanced' is for training: evaluation takes every image once")
        if self.source.multilabel and self.sampler == "balanced":
            raise UserError("sampler 'balanced' draws each class equally often, but an image of multi-label data has "
                            "no single class", do="sampler: shuffle")
        if self.source.multilabel and self.num_classes is None:
            raise UserError("multi-label data needs num_classes, the length of its targets")

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
        current = _Epoch(self._order.samples(epoch), SampleReader(self.source, plan, self.seed, epoch),
                         op_at_epoch(self._mix, epoch, catalogue().owner_of("op", self._mix)))
        steps = range(start_step, len(self))
        with one_thread_per_call(), contextlib.closing(self._batches(current, steps)) as batches:
            for batch in self._timed(batches):
                if len(batch.indices):
                    yield batch
                elif self.world_size > 1:
                    raise UserError("every image of a batch is bad; processes that train together cannot skip it")

    def _batches(self, current: _Epoch, steps: range) -> Generator[Batch, None, None]:
        """Return a generator of the batches of the given steps, loaded by the workers."""
        buffers = (BatchBuffer(step, self._order.batch(current.samples, step), current.reader.plan, self._pool)
                   for step in steps)

        def fill(buffer: BatchBuffer, slot: int) -> None:
            self._fill(current.reader, buffer, slot)

        def finish(buffer: BatchBuffer) -> Batch:
            with self.stages.measure(COLLATE):
                return self._finish(current, buffer)

        kind, number, _ = self.workers
        example = self._example(current, steps) if kind == "processes" else None
        if kind == "threads":
            return in_threads(buffers, fill, finish, number, self.batch_size)
        if example is not None:
            return in_processes(buffers, current.reader, self._add_bad, finish, number, self.batch_size, example)
        return _in_caller(buffers, fill, finish)

    def _timed(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """Yield the same batches; record the time waited for each, and the time until the next request."""
        while True:
            requested = time.perf_counter()
            batch = next(batches, None)
            if batch is None:
                return
            received = time.perf_counter()
            self.stages.count("images", len(batch.indices))
            yield batch
            del batch  # its memory can be reused now
            if self.stages.timed:
                self.stages.add(WAIT, received - requested)
                self.stages.add(TRAIN, time.perf_counter() - received)

    def _example(self, current: _Epoch, steps: range) -> Optional[np.ndarray]:
        """Return a usable image of the first batch, whose shape worker processes need; None: no image is usable."""
        for key in self._order.batch(current.samples, steps.start).tolist() if steps else ():
            with contextlib.suppress(BadImage):
                return current.reader.load(key)
        return None

    def _fill(self, reader: SampleReader, buffer: BatchBuffer, slot: int) -> None:
        """Load a sample into its slot; a bad image leaves the slot empty."""
        key = int(buffer.keys[slot])
        try:
            image = reader.load(key)
        except BadImage as error:
            self._add_bad(key, error)
            return
        buffer.put(slot, image, self.source.path(reader.index(key)))

    def _add_bad(self, key: int, error: BadImage) -> None:
        self._bad.add(key % len(self.source), error)

    def _finish(self, current: _Epoch, buffer: BatchBuffer) -> Batch:
        """Return the batch of a filled buffer, with labels and mixed if there is a mixing op."""
        images, keys = buffer.take()
        indices = keys % len(self.source)
        labels = self.source.labels[indices]
        if self.source.multilabel:
            labels = labels.hot(self.num_classes)
        mixed: Optional[Mixed] = None
        if current.mix is not None and len(indices):
            rng = batch_rng(self.seed, current.reader.epoch, buffer.step * self.world_size + self.rank)
            with catalogue().calling_object("op", current.mix):
                if labels.ndim == 1:
                    images, mixed = current.mix(images, labels, rng)
                else:  # the op permutes image indices in place of labels
                    images, (first, second, lam) = current.mix(images, np.arange(len(labels)), rng)
                    mixed = labels[first], labels[second], lam
        return Batch(images, labels, mixed, indices)


def _in_caller(buffers: Iterator[BatchBuffer], fill: Callable[[BatchBuffer, int], None],
               finish: Callable[[BatchBuffer], Batch]) -> Generator[Batch, None, None]:
    """Yield the batches without workers."""
    for buffer in buffers:
        for slot in range(len(buffer)):
            fill(buffer, slot)
        yield finish(buffer)
        del buffer
