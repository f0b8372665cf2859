# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""HideAndSeek: "Hide-and-Seek: A Data Augmentation Technique for Weakly-Supervised Localization and Beyond" (2018)."""

from __future__ import annotations

from typing import NamedTuple, Optional, Sequence, Union

import numpy as np

from ppclas_augment_erase.masking import MaskingOp
from ppclas_core.data.transforms import compat_flag, probability, whole
from ppclas_core.errors import UserError


class Cells(NamedTuple):
    """Side of a cell in pixels, and whether each cell is hidden, (rows, columns) bool."""

    side: int
    hidden: np.ndarray


class HideAndSeek(MaskingOp):
    """Hide-and-Seek: square cells of the image, each set to 0 with a probability.

    Args:
        grid_sizes: sides of the cells in pixels, one of which is drawn per image; 0 hides nothing.
        hide_prob: probability that a cell is hidden.
        compat: 2020: assume (C, H, W) for every image, which hides three columns before ToCHWImage, and divide the rows
            by the width. Default: the layout is that of the pipeline.
    """

    layout_2020 = "CHW"

    def __init__(self, grid_sizes: Sequence[int] = (0, 16, 32, 44, 56), hide_prob: float = 0.5,
                 compat: Union[str, int] = "") -> None:
        self.grid_sizes = tuple(whole("HideAndSeek", "grid_sizes", side, low=0) for side in grid_sizes)
        if not self.grid_sizes:
            raise UserError("HideAndSeek: grid_sizes is empty; it needs at least one number of pixels")
        self.hide_prob = probability("HideAndSeek", "hide_prob", hide_prob)
        self.compat = compat_flag("HideAndSeek", compat)

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> Optional[Cells]:
        """Draw the side of the cells and the hidden cells; None: leave the image unchanged."""
        side = self.grid_sizes[int(rng.integers(len(self.grid_sizes)))]
        if side == 0:
            return None
        height, width = self.size_at(shape)
        if self.compat:  # 2020 counted rows over the width and columns over the height
            height, width = width, height
        return Cells(side, rng.random((-(-height // side), -(-width // side))) < self.hide_prob)

    def apply(self, image: np.ndarray, draw: Optional[Cells]) -> np.ndarray:
        """Return a copy of (H, W, C) or (C, H, W) with the hidden cells set to 0, or the image itself."""
        if draw is None:
            return image
        height, width = self.size_at(image.shape)
        kept = np.repeat(np.repeat(~draw.hidden, draw.side, axis=0), draw.side, axis=1)
        if not self.compat:
            return self.keep(image, kept[:height, :width])
        reached = kept[: min(height, width), : min(height, width)]  # cells were clipped to the shorter side
        whole_image = np.ones((height, width), bool)
        whole_image[: reached.shape[0], : reached.shape[1]] = reached
        return self.keep(image, whole_image)

    def __call__(self, image: np.ndarray, rng: Optional[np.random.Generator] = None) -> np.ndarray:
        """Draw and apply."""
        rng = np.random.default_rng() if rng is None else rng
        return self.apply(image, self.sample(rng, image.shape))
