# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Fused execution of a pipeline: the same pixels as `pipeline`, with less work.

In: an image as `Source.open` returns it. Out: its float32 (C, H, W) in the buffer of a batch (`workers.batch_buffer`).
`FusedPipeline.image` runs the decoder and the ops after it; `FusedPipeline.write` runs the last ops into the buffer.

Two things are saved, if the ops have the methods (see `capabilities`):
- If the op after the decoder reads only a region, the region is drawn from the size in the header, and only this part
  of the image is decoded.
- If the last two ops normalize and move the channels first, the result is written directly into the batch.

All other ops run as in `pipeline`.
"""

from __future__ import annotations

import threading
from typing import Callable, List, Optional, Tuple, TypeVar

import numpy as np

from ppclas_core.data.capabilities import (
    Box,
    Decoder,
    OpenedImage,
    WorksInPlace,
    moves_channels_first,
    reads_region,
    works_in_place,
    writes_planes,
)
from ppclas_core.data.decoding.jpeg_restart import DividedJpeg
from ppclas_core.data.pipeline import Pipeline, Step, call_op, run_step
from ppclas_core.data.readers.storage import StoredImage
from ppclas_core.data.timing import DECODE, Stages
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.plugins.ownership import owned_by

WHOLE = "decoded whole"
"""Event: a decoder that can decode a part of an image had to decode a whole file."""

Draw = TypeVar("Draw")


class FusedPipeline:
    """Fused pipeline of one loader and epoch; thread-safe.

    Args:
        pipeline: the ops.
        decoder: replacement of the pipeline's first op with the same pixels; None: keep it.
        stages: collects times and counts.
    """

    def __init__(self, pipeline: Pipeline, decoder: Optional[Decoder] = None, stages: Optional[Stages] = None) -> None:
        self.stages = stages or Stages()
        self._scratch = threading.local()
        steps: List[Step] = list(pipeline.steps)
        self._planes: List[Step] = []
        if len(steps) > 1 and writes_planes(steps[-2].op) and moves_channels_first(steps[-1].op):
            self._planes = steps[-2:]
            steps = steps[:-2]
        self._decode: Optional[Step] = None
        self._crop: Optional[Step] = None
        self._in_place: List[Step] = []
        if steps and steps[0].record is not None and steps[0].record.level == "decode":
            self._decode = steps.pop(0)
            if decoder is not None:
                self._decode = self._decode._replace(op=decoder, owner=catalogue().owner_of("op", decoder))
            if steps and reads_region(steps[0].op):
                self._crop = steps.pop(0)
                while steps and works_in_place(steps[0].op):
                    self._in_place.append(steps.pop(0))
        self._middle = steps

    def image(self, data: StoredImage, rng: np.random.Generator, path: str = "") -> np.ndarray:
        """Run all ops except those that `write` runs; the next call in this thread may overwrite the result.

        Args:
            data: result of `Source.open`.
            rng: random number generator of the sample.
            path: path of the sample, for errors.

        Raises:
            BadImage: the image is unusable.
            TransformError, UserError: an op failed, see `pipeline.call_op`.
        """
        image: np.ndarray
        if self._decode is None:
            image = data  # type: ignore[assignment]  # without a decoder in front, the storage returns arrays
        elif self._crop is None:
            encoded = data.whole() if isinstance(data, DividedJpeg) else data
            with self.stages.measure(DECODE):
                image = run_step(self._decode, encoded, rng, path)
        else:
            image = self._cropped(self._decode, self._crop, data, rng, path)
        for step in self._middle:
            with self.stages.measure(step.name):
                image = run_step(step, image, rng, path)
        return image

    def shape(self, image: np.ndarray) -> Tuple[int, ...]:
        """Return the shape of the output of `write` for an image."""
        if not self._planes:
            return image.shape
        return image.shape[2], image.shape[0], image.shape[1]

    def write(self, image: np.ndarray, out: np.ndarray, path: str = "") -> None:
        """Run the remaining ops and write the result to `out`, float32 of `shape(image)`."""
        if self._planes and image.dtype == np.uint8 and image.ndim == 3:
            step = self._planes[0]
            with self.stages.measure(step.name):
                call_op(step, path, step.op.write, image, out)
            return
        rng = np.random.default_rng(0)  # these two ops use no random numbers
        for step in self._planes:
            with self.stages.measure(step.name):
                image = run_step(step, image, rng, path)
        out[...] = image

    def _cropped(self, decode: Step, crop: Step, data: StoredImage, rng: np.random.Generator,
                 path: str) -> np.ndarray:
        """Decode the region that the crop reads, and apply the crop and the in-place ops."""
        with self.stages.measure(DECODE):
            part, draw = self._region(decode, crop, data, rng, path)
        with self.stages.measure(crop.name):
            out = getattr(self._scratch, "image", None)
            image: np.ndarray = call_op(crop, path, crop.op.from_region, part, draw, out, array=True)
            for step in self._in_place:
                image = call_op(step, path, _apply_in_place, step.op, image, rng, array=True)
        if not self._middle:  # a later op may return its input or a view of it
            self._scratch.image = image
        return image

    def _region(self, decode: Step, crop: Step, data: StoredImage, rng: np.random.Generator,
                path: str) -> Tuple[np.ndarray, object]:
        """Return the pixels of the region that the crop reads, and its draw."""

        def drawn(shape: Tuple[int, ...]) -> Tuple[object, Box]:
            draw = crop.op.sample(rng, shape)
            return draw, Box(*crop.op.region(draw, shape[:2]))

        opened = self._opened(decode, data)
        if opened is not None:
            size = opened.size
            before = rng.bit_generator.state
            draw, box = call_op(crop, path, drawn, size)
            with owned_by(decode.owner):
                part: Optional[np.ndarray] = opened.region(box)
            if part is not None:
                return part, draw
            self.stages.count(WHOLE)
        image = run_step(decode, data.whole() if isinstance(data, DividedJpeg) else data, rng, path)
        if opened is None or image.shape[:2] != size:
            if opened is not None:  # header and decoder disagree on the size
                rng.bit_generator.state = before
            draw, box = call_op(crop, path, drawn, image.shape)
        return box.of(image), draw

    def _opened(self, decode: Step, data: StoredImage) -> Optional[OpenedImage]:
        """Return the image after its header was read; None if the whole image must be decoded."""
        if isinstance(data, DividedJpeg):
            return _Divided(data, decode.op)
        open_part: Optional[Callable[[bytes], Optional[OpenedImage]]] = getattr(decode.op, "open", None)
        if open_part is None:
            return None
        with owned_by(decode.owner):
            opened = open_part(data)
        if opened is None:
            self.stages.count(WHOLE)
        return opened


def _apply_in_place(op: WorksInPlace[Draw], image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return op.apply(image, op.sample(rng, image.shape), out=image)


class _Divided:
    """`OpenedImage` of a divided JPEG: only the pieces that cover a box are decoded."""

    def __init__(self, data: DividedJpeg, decoder: Decoder) -> None:
        self.size = data.size
        self._data = data
        self._decoder = decoder
        self._decode_pieces: Optional[Callable[[DividedJpeg, Box], Optional[np.ndarray]]] = getattr(
            decoder, "divided", None)

    def region(self, box: Box) -> Optional[np.ndarray]:
        """Return the pixels of a box; None if the whole image must be decoded."""
        if self._decode_pieces is not None:
            return self._decode_pieces(self._data, box)
        encoded, x, y = self._data.cut(box)
        pixels = self._decoder(encoded)  # type: ignore[arg-type]  # a bytearray, which saves a copy
        return pixels[y : y + box.height, x : x + box.width]
