# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""The quick way through a pipeline, with the same result: only the crop is decoded, floats appear once.

Where the ops begin with a decoder and RandCropImage, the box is drawn from the size in the header, and a decoder that
can decodes no more than it. Where they end with NormalizeImage and ToCHWImage, bytes become floats by a table, straight
into the batch. Whatever stands between is run as it is; anything unexpected takes the plain way.
"""

from __future__ import annotations

import threading
from typing import Any, List, Optional, Tuple

import numpy as np

from ppclas_core.data.decoding.jpeg_restart import DividedJpeg
from ppclas_core.data.pipeline import Pipeline, Step, run_step
from ppclas_core.data.timing import DECODE, Stages
from ppclas_core.data.transforms.normalize import NormalizeImage
from ppclas_core.data.transforms.rand_crop import RandCropImage
from ppclas_core.data.transforms.rand_flip import RandFlipImage
from ppclas_core.data.transforms.to_chw import ToCHWImage
from ppclas_core.plugins.catalogue import catalogue
from ppclas_core.plugins.ownership import owned_by

WHOLE = "decoded whole"
"""Event: a decoder that can decode a part could not do so for this file."""


class Plan:
    """How the samples of one loader are made; threads share it.

    Args:
        pipeline: what to do.
        decoder: in place of the pipeline's own first op, one that gives the same pixels.
        stages: gets times and counts.
    """

    def __init__(self, pipeline: Pipeline, decoder: Any = None, stages: Optional[Stages] = None) -> None:
        self.stages = stages or Stages()
        steps: List[Step] = list(pipeline.steps)
        self._scratch = threading.local()
        self._tail: List[Step] = []
        if len(steps) > 1 and type(steps[-1].op) is ToCHWImage and type(steps[-2].op) is NormalizeImage:
            steps, self._tail = steps[:-2], steps[-2:]
        self._decode: Optional[Step] = None
        self._crop: Optional[Step] = None
        self._flip: Optional[Step] = None
        if steps and steps[0].record is not None and steps[0].record.level == "decode":
            self._decode = steps.pop(0)
            if decoder is not None:
                self._decode = self._decode._replace(op=decoder, owner=catalogue().owner_of("op", decoder))
            if steps and type(steps[0].op) is RandCropImage:
                self._crop = steps.pop(0)
                if steps and type(steps[0].op) is RandFlipImage:
                    self._flip = steps.pop(0)
        self._middle = steps

    def image(self, data: Any, rng: np.random.Generator, path: str = "") -> np.ndarray:
        """All ops but those that `write` does. The result may be overwritten by the next call of this thread.

        Args:
            data: what `Source.open` gives; rng: of the sample; path: of the sample, for errors.

        Raises:
            BadImage, TransformError, UserError: as the pipeline.
        """
        image = data if self._decode is None else self._head(data, rng, path)
        for step in self._middle:
            image = self.stages.run(step.name, run_step, step, image, rng, path)
        return image

    def shape(self, image: np.ndarray) -> Tuple[int, ...]:
        """Of what `write` makes of an image."""
        if not self._tail:
            return image.shape
        return image.shape[2], image.shape[0], image.shape[1]

    def write(self, image: np.ndarray, out: np.ndarray, path: str = "") -> None:
        """The remaining ops, into `out`, float32 of `shape(image)`."""
        if self._tail and image.dtype == np.uint8 and image.ndim == 3:
            normalize = self._tail[0]
            self.stages.run(normalize.name, _normalize, normalize, image, out, path)
            return
        rng = np.random.default_rng(0)  # neither op draws
        for step in self._tail:
            image = self.stages.run(step.name, run_step, step, image, rng, path)
        out[...] = image

    def _head(self, data: Any, rng: np.random.Generator, path: str) -> np.ndarray:
        assert self._decode is not None
        if self._crop is None:
            encoded = data.whole() if isinstance(data, DividedJpeg) else data
            image: np.ndarray = self.stages.run(DECODE, run_step, self._decode, encoded, rng, path)
            return image
        part = self.stages.run(DECODE, self._cropped, data, rng, path)
        image = self.stages.run(self._crop.name, self._crop.op.resize, part, self._slot())
        if self._flip is not None and self._flip.op.sample(rng, image.shape):
            image = self._flip.op.apply(image, True, out=image)
        return image

    def _slot(self) -> Optional[np.ndarray]:
        """This thread's array for resized crops; ops that come later may keep what they get, so only where none do."""
        if self._middle:
            return None
        if getattr(self._scratch, "image", None) is None:
            width, height = self._crop.op.size  # type: ignore[union-attr]
            self._scratch.image = np.empty((height, width, 3), np.uint8)
        image: np.ndarray = self._scratch.image
        return image

    def _cropped(self, data: Any, rng: np.random.Generator, path: str) -> np.ndarray:
        """The pixels of a random box."""
        assert self._decode is not None
        assert self._crop is not None
        crop, opened = self._crop.op, self._opened(data)
        if opened is not None:
            size, before = opened.size, rng.bit_generator.state
            box = crop.sample(rng, size)
            with owned_by(self._decode.owner):
                part: Optional[np.ndarray] = opened.region(box)
            if part is not None:
                return part
            self.stages.count(WHOLE)
        image = run_step(self._decode, data.whole() if isinstance(data, DividedJpeg) else data, rng, path)
        if opened is None or image.shape[:2] != size:
            if opened is not None:  # the header said something else than the decoder made of it
                rng.bit_generator.state = before
            box = crop.sample(rng, image.shape)
        return image[box.y : box.y + box.height, box.x : box.x + box.width]

    def _opened(self, data: Any) -> Any:
        """An object with `size` and `region(box)`, or None."""
        assert self._decode is not None
        if isinstance(data, DividedJpeg):
            return _Divided(data, self._decode.op)
        open_part = getattr(self._decode.op, "open", None)
        if open_part is None:
            return None
        with owned_by(self._decode.owner):
            opened = open_part(data)
        if opened is None:
            self.stages.count(WHOLE)
        return opened


class _Divided:
    """A divided JPEG, of which only the pieces under a box are decoded."""

    def __init__(self, data: DividedJpeg, decoder: Any) -> None:
        self.size, self._data, self._decoder = data.size, data, decoder

    def region(self, box: Any) -> Optional[np.ndarray]:
        if hasattr(self._decoder, "divided"):
            pixels: Optional[np.ndarray] = self._decoder.divided(self._data, box)
            return pixels
        encoded, x, y = self._data.cut(box)
        part: np.ndarray = self._decoder(encoded)[y : y + box.height, x : x + box.width]
        return part


def _normalize(step: Step, image: np.ndarray, out: np.ndarray, path: str) -> None:
    def write(pixels: np.ndarray, rng: Any) -> None:
        step.op.write(pixels, out)

    nobody: Any = None  # draws
    run_step(step._replace(op=write), image, nobody, path)
