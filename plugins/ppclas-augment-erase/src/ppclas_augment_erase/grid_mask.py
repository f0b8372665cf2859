# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""GridMask: "GridMask Data Augmentation" (2020)."""

from __future__ import annotations

import copy
import math
from typing import NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from ppclas_augment_erase.masking import MaskingOp
from ppclas_core.data.transforms import compat_flag, probability, whole
from ppclas_core.errors import UserError


class Grid(NamedTuple):
    """Period of the bands, offsets of the first bands along rows and columns (pixels), and rotation (degrees)."""

    period: int
    row: int
    column: int
    degrees: int


class GridMask(MaskingOp):
    """GridMask: a grid of bands set to 0, with a probability that grows over the epochs.

    Bands of width `ratio` x period cross the image. The grid is 1.5 times as large as the image, and rotated.

    Args:
        d1, d2: the period is drawn from d1 to d2 - 1 pixels.
        rotate: the rotation is drawn from 0 to rotate - 1 degrees.
        ratio: width of a band as a fraction of the period.
        mode: 0 hides the bands and keeps the squares between them; 1 hides the squares.
        prob: probability at the end of the ramp.
        ramp_epochs: the probability grows linearly from 0 at the first epoch to `prob` at this one; 0: no ramp. Without
            a loader that sets the epoch, the probability is `prob`.
        compat: 2020: the op never gets the epoch and thus never hides anything.
    """

    layout_2020 = "CHW"

    def __init__(self, d1: int = 96, d2: int = 224, rotate: int = 1, ratio: float = 0.5, mode: int = 0,
                 prob: float = 1.0, ramp_epochs: int = 240, compat: Union[str, int] = "") -> None:
        self.d1 = whole("GridMask", "d1", d1, low=1)
        self.d2 = whole("GridMask", "d2", d2, low=self.d1 + 1)
        self.rotate = whole("GridMask", "rotate", rotate, low=1)
        self.ratio = probability("GridMask", "ratio", ratio)
        if mode not in (0, 1):
            raise UserError(f"GridMask: mode is {mode!r}", do="0: keep the squares, 1: keep the bands")
        self.mode = int(mode)
        self.prob = probability("GridMask", "prob", prob)
        self.ramp_epochs = whole("GridMask", "ramp_epochs", ramp_epochs, low=0)
        self.compat = compat_flag("GridMask", compat)
        self.current_prob = 0.0 if self.compat else self.prob

    def at_epoch(self, epoch: int) -> GridMask:
        """Return a copy for the images of one epoch, counted from 0."""
        op = copy.copy(self)
        if self.ramp_epochs and not self.compat:
            op.current_prob = self.prob * min(1.0, epoch / self.ramp_epochs)
        return op

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> Optional[Grid]:
        """Draw the grid; None: leave the image unchanged."""
        if rng.random() >= self.current_prob:
            return None
        period = int(rng.integers(self.d1, self.d2))
        row, column = (int(start) for start in rng.integers(period, size=2))
        return Grid(period, row, column, int(rng.integers(self.rotate)))

    def apply(self, image: np.ndarray, draw: Optional[Grid]) -> np.ndarray:
        """Return a copy of (H, W, C) or (C, H, W) with the grid set to 0, or the image itself."""
        if draw is None:
            return image
        squares = self._squares(draw, *self.size_at(image.shape))
        return self.keep(image, squares if self.mode == 0 else ~squares)

    def _squares(self, draw: Grid, height: int, width: int) -> np.ndarray:
        """Return (H, W) bool: True between the bands, inside the rotated canvas."""
        canvas_height, canvas_width = int(1.5 * height), int(1.5 * width)
        band = int(draw.period * self.ratio + 0.5)
        rows = (np.arange(canvas_height) - draw.row) % draw.period >= band
        columns = (np.arange(canvas_width) - draw.column) % draw.period >= band
        y = np.arange(height)[:, None] + (canvas_height - height) // 2
        x = np.arange(width)[None, :] + (canvas_width - width) // 2
        if draw.degrees:
            y, x = _rotated(y, x, canvas_height, canvas_width, draw.degrees)
        inside = (y >= 0) & (y < canvas_height) & (x >= 0) & (x < canvas_width)
        return rows.take(y, mode="clip") & columns.take(x, mode="clip") & inside

    def __call__(self, image: np.ndarray, rng: Optional[np.random.Generator] = None) -> np.ndarray:
        """Draw and apply."""
        rng = np.random.default_rng() if rng is None else rng
        return self.apply(image, self.sample(rng, image.shape))


def _rotated(y: np.ndarray, x: np.ndarray, height: int, width: int, degrees: int) -> Tuple[np.ndarray, np.ndarray]:
    """Return the source pixels (y, x) of a counter-clockwise rotation of the canvas about its center."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    down, right = y + 0.5 - height / 2, x + 0.5 - width / 2
    from_x, from_y = cos * right - sin * down + width / 2, sin * right + cos * down + height / 2
    return np.floor(from_y).astype(np.int64), np.floor(from_x).astype(np.int64)
