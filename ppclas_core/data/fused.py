# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Fused execution of a pipeline: less work between ops, with the same pixels.

If an op that reads a region (see `capabilities`) follows the decoder, the region is drawn from the size in the
header, and a decoder with the capability decodes only that part. An op that writes planes, followed by the one that
moves the channels first, writes directly into the batch. All other ops run unchanged.
"""

from __future__ import annotations

import threading
from typing import Any, Callable, List, Optional, Tuple

import numpy as np

from ppclas_core.data.capabilities import Box, moves_channels_first, reads_region, works_in_place, writes_planes
from ppclas_core.data.decoding.jpeg_restart import DividedJpeg
from ppclas_core.data.pipeline import Pipeline, Step, call_op, run_step
from ppclas_core.data.timing import DECODE, Stages
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.plugins.ownership import owned_by

WHOLE = "decoded whole"
"""Event: a decoder with partial decoding had to decode a whole file."""


class FusedPipeline:
    """Fused pipeline of one loader; thread-safe.

    Args:
        pipeline: the ops.
        decoder: replacement of the pipeline's first op with the same pixels; None: keep it.
        stages: collects times and counts.
    """

    def __init__(self, pipeline: Pipeline, decoder: Any = None, stages: Optional[Stages] = None) -> None:
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

    def image(self, data: Any, rng: np.random.Generator, path: str = "") -> np.ndarray:
        """Run all ops except those that `write` runs. The next call in this thread may overwrite the result.

        Args:
            data: result of `Source.open`.
            rng: random number generator of the sample.
            path: path of the sample, for errors.

        Raises:
            BadImage, TransformError, UserError: as the pipeline.
        """
        if self._decode is None:
            image = data
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
        rng = np.random.default_rng(0)  # neither op draws
        for step in self._planes:
            with self.stages.measure(step.name):
                image = run_step(step, image, rng, path)
        out[...] = image

    def _cropped(self, decode: Step, crop: Step, data: Any, rng: np.random.Generator, path: str) -> np.ndarray:
        """Decode the region that the crop reads, and apply the crop and the in-place ops."""
        with self.stages.measure(DECODE):
            part, draw = self._region(decode, crop, data, rng, path)
        with self.stages.measure(crop.name):
            out = getattr(self._scratch, "image", None)
            image: np.ndarray = call_op(crop, path, crop.op.from_region, part, draw, out, array=True)
            for step in self._in_place:
                image = call_op(step, path, _apply_in_place, step.op, image, rng, array=True)
        if not self._middle:  # a later op may keep its input
            self._scratch.image = image
        return image

    def _region(self, decode: Step, crop: Step, data: Any, rng: np.random.Generator,
                path: str) -> Tuple[np.ndarray, Any]:
        """Return the pixels of the region that the crop reads, and its draw."""

        def drawn(shape: Tuple[int, ...]) -> Tuple[Any, Box]:
            draw = crop.op.sample(rng, shape)
            return draw, Box(*crop.op.region(draw, shape[:2]))

        opened = self._opened(decode, data)
        if opened is not None:
            size, before = opened.size, rng.bit_generator.state
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

    def _opened(self, decode: Step, data: Any) -> Any:
        """Return an `OpenedImage`; None if the whole image must be decoded."""
        if isinstance(data, DividedJpeg):
            return _Divided(data, decode.op)
        open_part: Optional[Callable[[Any], Any]] = getattr(decode.op, "open", None)
        if open_part is None:
            return None
        with owned_by(decode.owner):
            opened = open_part(data)
        if opened is None:
            self.stages.count(WHOLE)
        return opened


def _apply_in_place(op: Any, image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    result: np.ndarray = op.apply(image, op.sample(rng, image.shape), out=image)
    return result


class _Divided:
    """`OpenedImage` of a divided JPEG: only the pieces that cover a box are decoded."""

    def __init__(self, data: DividedJpeg, decoder: Any) -> None:
        self.size = data.size
        self._data = data
        self._decoder = decoder
        self._decode_pieces: Optional[Callable[[Any, Box], Optional[np.ndarray]]] = getattr(decoder, "divided", None)

    def region(self, box: Box) -> Optional[np.ndarray]:
        if self._decode_pieces is not None:
            return self._decode_pieces(self._data, box)
        encoded, x, y = self._data.cut(box)
        part: np.ndarray = self._decoder(encoded)[y : y + box.height, x : x + box.width]
        return part
