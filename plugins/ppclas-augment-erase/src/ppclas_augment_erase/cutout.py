# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Cutout: "Improved Regularization of Convolutional Neural Networks with Cutout" (2017)."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple, Union

import numpy as np

from ppclas_augment_erase.masking import MaskingOp
from ppclas_core.data.transforms import channels_last, compat_flag, whole

Draw = Tuple[Tuple[int, int], ...]


class Cutout(MaskingOp):
    """Cutout: square holes of value 0, which is the mean color after NormalizeImage and black before it.

    Holes are clipped at the border of the image, and they may overlap.

    Args:
        n_holes: number of holes.
        length: side of a hole in pixels; an odd one counts as the even number below it.
        compat: 2020: assume (H, W, C) for every image, which erases channels after ToCHWImage. Default: the layout is
            that of the pipeline.
    """

    layout_2020 = "HWC"

    def __init__(self, n_holes: int = 1, length: int = 112, compat: Union[str, int] = "") -> None:
        self.n_holes = whole("Cutout", "n_holes", n_holes, low=0)
        self.length = whole("Cutout", "length", length, low=2)
        self.compat = compat_flag("Cutout", compat)

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> Draw:
        """Draw the centers (y, x) of the holes."""
        height, width = self.size_at(shape)
        return tuple((int(rng.integers(height)), int(rng.integers(width))) for _ in range(self.n_holes))

    def apply(self, image: np.ndarray, draw: Draw) -> np.ndarray:
        """Return a copy of (H, W, C) or (C, H, W) with the holes."""
        result = np.array(image)  # keeps the memory layout, unlike .copy()
        pixels = channels_last(result, self.layout_at(image.shape))
        half = self.length // 2
        for y, x in draw:
            pixels[max(y - half, 0) : y + half, max(x - half, 0) : x + half] = 0
        return result

    def __call__(self, image: np.ndarray, rng: Optional[np.random.Generator] = None) -> np.ndarray:
        """Draw and apply."""
        rng = np.random.default_rng() if rng is None else rng
        return self.apply(image, self.sample(rng, image.shape))
