# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""A loaded model: preprocessing of encoded images, and inference in batches."""

from __future__ import annotations

import asyncio
import contextlib
import math
from typing import Any, Dict, Iterator, List, Optional, Sequence

import numpy as np

from ppclas_core.data import BadImage, TransformError, build_pipeline
from ppclas_core.data.decoding import MAX_SCANS, count_scans
from ppclas_core.errors import UserError
from ppclas_core.export import INPUT_NAME
from ppclas_core.models import Checkpoint
from ppclas_core.predict import named_classes
from ppclas_serve.batcher import Batcher, Call, Observer
from ppclas_serve.body import Body
from ppclas_serve.decoding import LIGHT, DecodePool
from ppclas_serve.image_header import image_size
from ppclas_serve.request_error import RequestError
from ppclas_serve.settings import Limits, RuntimeSettings
from ppclas_serve.source import Opened
from ppclas_serve.v2_request import Contract

HEAVY_PART = 4
"""At most `queue // HEAVY_PART` large images of a model may be in progress."""
SCAN_FACTOR = 16
"""Limit of width x height x scans of a JPEG, as a multiple of the allowed pixels."""


class Model:
    """One loaded version of a model, used from the event loop; decoding and inference run in other threads.

    Args:
        name: name of the model in URLs.
        version: number of loads of this name, as clients see it.
        opened: runtimes with class names and preprocessing.
        settings: batching, and size of the queue.
        limits: limits of the images.
        pool: threads that decode images.
        observe: called with each `Call` of a runtime.

    Raises:
        UserError: the preprocessing cannot be built.
    """

    def __init__(self, name: str, version: str, opened: Opened, settings: RuntimeSettings, limits: Limits,
                 pool: DecodePool, observe: Observer) -> None:
        first = opened.instances[0]
        self.name = name
        self.version = version
        self.labels = first.labels
        self.preprocessing = first.preprocessing
        self.task = first.task
        self.checkpoint: Optional[Checkpoint] = opened.checkpoint
        self.contract = Contract(INPUT_NAME, "UINT8" if first.dtype == "uint8" else "FP32", tuple(first.input_shape),
                                 first.num_classes, settings.max_batch)
        self._pipeline = build_pipeline(first.preprocessing)
        self._settings = settings
        self._limits = limits
        self._pool = pool
        self._observe = observe
        self._row_seconds = 0.0
        self._batcher = Batcher([each.runtime for each in opened.instances], max_batch=settings.max_batch,
                                max_delay=settings.max_delay, observe=self._observed)
        self._heavy = 0
        self._users = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.rows = 0

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Return the probabilities (n, num_classes) float32: softmax, or sigmoid for a multi-label model."""
        return self.task.scores(logits).astype(np.float32)

    def best(self, logits: np.ndarray, topk: int) -> List[Dict[str, Any]]:
        """Return the `topk` best classes of one row of logits, best first, as `id`, `name`, `score`."""
        return [row._asdict() for row in named_classes(self.task.decode(logits, topk, threshold=0.0), self.labels)]

    @contextlib.contextmanager
    def used(self) -> Iterator[Model]:
        """Keep the model open inside the block, even if another version replaces it."""
        self._users += 1
        self._idle.clear()
        try:
            yield self
        finally:
            self._users -= 1
            if not self._users:
                self._idle.set()

    async def retire(self) -> None:
        """Close the model as soon as no request uses it."""
        await self._idle.wait()
        await asyncio.get_running_loop().run_in_executor(None, self._batcher.close)

    @property
    def waiting(self) -> int:
        """Number of rows in the queue."""
        return self._batcher.waiting

    @contextlib.contextmanager
    def admitted(self, rows: int) -> Iterator[None]:
        """Count `rows` as in progress inside the block.

        Raises:
            RequestError: 429, too many rows are in progress.
        """
        self.check_room()
        self.rows += rows
        try:
            yield
        finally:
            self.rows -= rows

    def check_room(self) -> None:
        """Check that the model can accept another request.

        Raises:
            RequestError: 429, `queue` or more images of the model are in progress.
        """
        if self.rows >= self._settings.queue:
            seconds = max(1, math.ceil(self.rows * self._row_seconds))
            raise RequestError(429, f"the model '{self.name}' has {self.rows} images in progress", retry_after=seconds)

    async def preprocess(self, images: Sequence[Body]) -> np.ndarray:
        """Decode and preprocess images, and return the input of the model (n, ...).

        Raises:
            RequestError: an image is too large, or cannot be decoded or preprocessed.
        """
        done = await asyncio.gather(*map(self._row, images), return_exceptions=True)
        for index, result in enumerate(done):
            if isinstance(result, RequestError) and len(images) > 1:
                raise RequestError(result.status, f"image {index}: {result.message}", result.retry_after)
            if isinstance(result, BaseException):
                raise result
        return np.stack([result for result in done if isinstance(result, np.ndarray)])

    async def _row(self, data: Body) -> np.ndarray:
        row = await self._pool.light.run(self._light_row, data)
        if row is not None:
            return row
        if self._heavy >= max(1, self._settings.queue // HEAVY_PART):
            raise RequestError(429, f"the model '{self.name}' has {self._heavy} large images in progress",
                               retry_after=5)
        self._heavy += 1
        try:
            return await self._pool.heavy.run(self.preprocess_one, data)
        finally:
            self._heavy -= 1

    def _light_row(self, data: Body) -> Optional[np.ndarray]:
        """Return the row of a light image; None for a heavy one."""
        return self.preprocess_one(data) if check_image(data, self._limits) <= LIGHT else None

    def preprocess_one(self, data: Body) -> np.ndarray:
        """Return the input row of one encoded image that `check_image` accepted; thread-safe.

        Raises:
            RequestError: 400, the image cannot be decoded or preprocessed.
        """
        try:
            row = np.asarray(self._pipeline(bytes(data), np.random.default_rng(0)))
        except BadImage as error:
            raise RequestError(400, error.reason) from None
        except (UserError, TransformError) as error:  # an image of a shape that the transforms cannot take
            raise RequestError(400, f"the preprocessing cannot take this image: {error}") from None
        if row.shape != self.contract.shape:
            raise RequestError(400, f"the preprocessing makes {list(row.shape)} of this image; the model takes "
                                    f"{list(self.contract.shape)}")
        return row

    async def logits(self, rows: np.ndarray) -> np.ndarray:
        """Return the logits (n, num_classes) float32 of rows (n, ...), n <= max_batch; requests share runtime calls.

        Raises:
            RequestError: 400, the model outputs NaN or infinity.
        """
        found = await asyncio.wrap_future(self._batcher.submit(rows))
        if not np.isfinite(found).all():
            raise RequestError(400, "the model outputs NaN or infinity for this input")
        return found

    async def classify(self, images: Sequence[Body]) -> np.ndarray:
        """Return the logits of at most `max_batch` encoded images."""
        with self.admitted(len(images)):
            return await self.logits(await self.preprocess(images))

    def _observed(self, call: Call) -> None:
        rate = call.took / call.rows / self._settings.instances
        self._row_seconds = rate if not self._row_seconds else 0.9 * self._row_seconds + 0.1 * rate
        self._observe(call)


def check_image(data: Body, limits: Limits) -> int:
    """Check the limits of an encoded image, and return its decoding cost in pixels x scans.

    Raises:
        RequestError: 413 for too many bytes, pixels or scans, 400 for a format that `image_size` does not support.
    """
    if len(data) > limits.image_bytes:
        raise RequestError(413, f"an image of {len(data)} bytes; the limit is {limits.image_bytes} bytes")
    size = image_size(data)
    if size is None:
        raise RequestError(400, f"not a JPEG, PNG, WebP, BMP or GIF file: it begins with {bytes(data[:12])!r}")
    width, height = size
    if width * height > limits.pixels:
        raise RequestError(413, f"an image of {width} x {height} pixels; the limit is {limits.pixels} pixels")
    if not width or not height:
        raise RequestError(400, f"an image of {width} x {height} pixels")
    scans = max(1, count_scans(data))
    if scans > MAX_SCANS:
        raise RequestError(413, f"a JPEG of more than {MAX_SCANS} scans, the limit")
    cost = width * height * scans
    if cost > SCAN_FACTOR * limits.pixels:
        raise RequestError(413, f"a JPEG of {width} x {height} pixels in {scans} scans; the limit of width x height x "
                           f"scans "
                                f"is {SCAN_FACTOR * limits.pixels}")
    return cost
