# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""What an op or a decoder may offer besides its plain call, by which the fused pipeline saves work.

Each capability is a Protocol; a class has it when it has the methods. One that is inherited counts only while the class
does not override the plain call below it, because the two must give the same pixels.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Optional, Protocol, Sequence, Tuple

import numpy as np

_PLAIN = ("__call__", "apply")


class Box(NamedTuple):
    """Part of an image, in pixels."""

    x: int
    y: int
    width: int
    height: int

    def of(self, image: np.ndarray) -> np.ndarray:
        """Return this part of (H, W, C), a view."""
        return image[self.y : self.y + self.height, self.x : self.x + self.width]


class ReadsRegion(Protocol):
    """A random op that reads only a part of its image: `apply(image, draw)` is `from_region(part, draw)`."""

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> Any:
        """Draw for an image whose shape begins with (height, width)."""

    def region(self, draw: Any, size: Tuple[int, int]) -> Tuple[int, int, int, int]:
        """Return the part (x, y, width, height) that `apply` reads of an image of `size`, (height, width)."""

    def from_region(self, part: np.ndarray, draw: Any, out: Optional[np.ndarray] = None) -> np.ndarray:
        """Return what `apply` makes of that part: a new array, or `out`.

        Args:
            out: an earlier result that may be overwritten; one of another shape is left alone.
        """


class WorksInPlace(Protocol):
    """A random op whose result may replace its input; the class says so by `in_place = True`."""

    in_place: bool

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> Any:
        """Draw for an image of shape (H, W, C)."""

    def apply(self, image: np.ndarray, draw: Any, out: Optional[np.ndarray] = None) -> np.ndarray:
        """Return the result, in `out` where it is given; `out` may be the image."""


class WritesPlanes(Protocol):
    """An op whose result, channels first, can be written straight into the batch."""

    def write(self, hwc: np.ndarray, planes: np.ndarray) -> None:
        """Write what the op gives for uint8 (H, W, C), as float32 (C, H, W), into `planes`."""


class OpensParts(Protocol):
    """A decoder that can decode a part of an image."""

    def open(self, data: Any) -> Optional[OpenedImage]:
        """Return the image with its size known, or None where the whole one must be decoded."""


class OpenedImage(Protocol):
    """An encoded image whose header was read; `size` is (height, width)."""

    size: Tuple[int, int]

    def region(self, box: Box) -> Optional[np.ndarray]:
        """Return the pixels of a box, (height, width, 3) uint8, or None where the whole image must be decoded."""


class DecodesDivided(Protocol):
    """A decoder that knows repacked JPEGs."""

    def divided(self, jpeg: Any, box: Box) -> Optional[np.ndarray]:
        """Return the pixels of a box of a `DividedJpeg`, or None where the whole image must be decoded."""


def reads_region(op: Any) -> bool:
    """Return whether an op has the capability `ReadsRegion`."""
    return callable(getattr(op, "sample", None)) and _valid(op, "region", "from_region")


def works_in_place(op: Any) -> bool:
    """Return whether an op has the capability `WorksInPlace`."""
    return bool(getattr(op, "in_place", False)) and callable(getattr(op, "sample", None)) and _valid(op, "in_place")


def writes_planes(op: Any) -> bool:
    """Return whether an op has the capability `WritesPlanes`."""
    return _valid(op, "write")


def moves_channels_first(op: Any) -> bool:
    """Return whether an op only turns (H, W, C) into (C, H, W); its class says so by `channels_first = True`."""
    return bool(getattr(op, "channels_first", False)) and _valid(op, "channels_first")


def _valid(op: Any, *names: str) -> bool:
    """Return whether a class has all names, and overrides no plain call below the place where it has them."""
    have = [_depth(op, name) for name in names]
    plain = [depth for name in _PLAIN if (depth := _depth(op, name)) is not None]
    return all(depth is not None and depth <= min(plain, default=depth) for depth in have)


def _depth(op: Any, name: str) -> Optional[int]:
    """Return how many classes above its own an object has a name; None without it."""
    return next((depth for depth, parent in enumerate(type(op).__mro__) if name in vars(parent)), None)
