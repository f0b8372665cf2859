# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Optional methods of ops and decoders that let `FusedPipeline` do less work for the same pixels.

Each capability is a Protocol; a class has it if it has the methods. An inherited capability counts only if the class
overrides neither `__call__` nor `apply`, because both ways must give the same pixels.
"""

from __future__ import annotations

from typing import NamedTuple, Optional, Protocol, Sequence, Tuple, TypeVar

import numpy as np

from ppclas_core.data.decoding.jpeg_restart import DividedJpeg

Draw = TypeVar("Draw")
"""Result of the `sample` method of a random op."""

_PLAIN_CALLS = ("__call__", "apply")


class Box(NamedTuple):
    """Box in an image, in pixels."""

    x: int
    y: int
    width: int
    height: int

    def of(self, image: np.ndarray) -> np.ndarray:
        """Return this box of an image (H, W, C) as a view."""
        return image[self.y : self.y + self.height, self.x : self.x + self.width]


class ReadsRegion(Protocol[Draw]):
    """Random op that reads only a part of its image: `apply(image, draw)` equals `from_region(part, draw)`."""

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> Draw:
        """Draw for an image whose shape begins with (height, width)."""

    def region(self, draw: Draw, size: Tuple[int, int]) -> Tuple[int, int, int, int]:
        """Return the part (x, y, width, height) that `apply` reads of an image of `size`, (height, width)."""

    def from_region(self, part: np.ndarray, draw: Draw, out: Optional[np.ndarray] = None) -> np.ndarray:
        """Return the result of `apply` for that part: a new array, or `out`.

        Args:
            part: pixels of the region.
            draw: result of `sample`.
            out: an earlier result that may be overwritten; it is ignored if its shape differs.
        """


class WorksInPlace(Protocol[Draw]):
    """Random op that can overwrite its input; its class declares `in_place = True`."""

    in_place: bool

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> Draw:
        """Draw for an image of shape (H, W, C)."""

    def apply(self, image: np.ndarray, draw: Draw, out: Optional[np.ndarray] = None) -> np.ndarray:
        """Return the result, written to `out` if it is given; `out` may be the image."""


class WritesPlanes(Protocol):
    """Op that can write its result, channels first, directly into the batch."""

    def write(self, hwc: np.ndarray, planes: np.ndarray) -> None:
        """Write the result for uint8 (H, W, C) into `planes`, float32 (C, H, W)."""


class Decoder(Protocol):
    """Decoder of image files."""

    def __call__(self, data: bytes) -> np.ndarray:
        """Return the pixels, (H, W, 3) uint8 unless the decoder was configured otherwise."""


class TakesPixels(Protocol):
    """Decoder that also accepts pixels that are already decoded."""

    def from_pixels(self, pixels: np.ndarray) -> np.ndarray:
        """Return what the call returns for a lossless file of the pixels, uint8 (H, W, 3) RGB or (H, W) gray."""


class OpensParts(Protocol):
    """Decoder that can decode a part of an image."""

    def open(self, data: bytes) -> Optional[OpenedImage]:
        """Read the header and return an `OpenedImage`; None if the whole image must be decoded."""


class OpenedImage(Protocol):
    """Encoded image whose header was read; `size` is (height, width)."""

    size: Tuple[int, int]

    def region(self, box: Box) -> Optional[np.ndarray]:
        """Return the pixels of a box, (height, width, 3) uint8; None if the whole image must be decoded."""


class DecodesDivided(Protocol):
    """Decoder that decodes the pieces of a repacked JPEG without joining them to a file."""

    def divided(self, jpeg: DividedJpeg, box: Box) -> Optional[np.ndarray]:
        """Return the pixels of a box; None if the whole image must be decoded."""


def takes_pixels(op: object) -> bool:
    """Return whether a decoder has the capability `TakesPixels`."""
    return _valid(op, "from_pixels")


def reads_region(op: object) -> bool:
    """Return whether an op has the capability `ReadsRegion`."""
    return callable(getattr(op, "sample", None)) and _valid(op, "region", "from_region")


def works_in_place(op: object) -> bool:
    """Return whether an op has the capability `WorksInPlace`."""
    return bool(getattr(op, "in_place", False)) and callable(getattr(op, "sample", None)) and _valid(op, "in_place")


def writes_planes(op: object) -> bool:
    """Return whether an op has the capability `WritesPlanes`."""
    return _valid(op, "write")


def moves_channels_first(op: object) -> bool:
    """Return whether an op only transposes (H, W, C) to (C, H, W); its class declares `channels_first = True`."""
    return bool(getattr(op, "channels_first", False)) and _valid(op, "channels_first")


def _valid(op: object, *names: str) -> bool:
    """Return whether an op has all methods and no class below their definition overrides `__call__` or `apply`."""
    have = [_depth(op, name) for name in names]
    plain = [depth for name in _PLAIN_CALLS if (depth := _depth(op, name)) is not None]
    return all(depth is not None and depth <= min(plain, default=depth) for depth in have)


def _depth(op: object, name: str) -> Optional[int]:
    """Return the position in the MRO of the class that defines a name; None if there is none."""
    return next((depth for depth, parent in enumerate(type(op).__mro__) if name in vars(parent)), None)
