# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""RandomErasing: "Random Erasing Data Augmentation" (2017)."""

from __future__ import annotations

import math
from typing import Optional, Sequence, Tuple, Union

import numpy as np

from ppclas_augment_erase.masking import MaskingOp
from ppclas_core.data.transforms import channel_values, channels_last, compat_flag, interval, probability

_TRIES = 100
Box = Tuple[int, int, int, int]
"""The erased rectangle in pixels: y, x, height, width."""


class RandomErasing(MaskingOp):
    """Random Erasing: one random rectangle filled with a constant.

    Args:
        EPSILON: probability of erasing.
        sl, sh: smallest and largest fraction of the image's area.
        r1: the aspect ratio height / width is uniform in r1..1/r1.
        mean: fill value per channel, or one for all, in the units of the op's input: 0 is the mean color after
            NormalizeImage and black before it.
        compat: 2020: assume (C, H, W) for every image, and gray for all but 3 channels, which erases at most one row
            before ToCHWImage. Default: the layout is that of the pipeline.
    """

    layout_2020 = "CHW"

    def __init__(self, EPSILON: float = 0.5, sl: float = 0.02, sh: float = 0.4, r1: float = 0.3,  # noqa: N803 - a config key
                 mean: Sequence[float] = (0.0, 0.0, 0.0), compat: Union[str, int] = "") -> None:
        self.EPSILON = probability("RandomErasing", "EPSILON", EPSILON)
        self.area = interval("RandomErasing", "[sl, sh]", (sl, sh), low=0, high=1)
        self.r1 = interval("RandomErasing", "r1", (r1, r1), low=0, high=1)[0]
        self.mean = channel_values("RandomErasing", "mean", mean)
        self.compat = compat_flag("RandomErasing", compat)

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> Optional[Box]:
        """Draw the rectangle; None: leave the image unchanged, also if no rectangle fits in 100 tries."""
        if rng.random() >= self.EPSILON:
            return None
        rows, columns = self.size_at(shape)
        for _ in range(_TRIES):
            area = rng.uniform(*self.area) * rows * columns
            aspect = rng.uniform(self.r1, 1 / self.r1)
            height, width = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if 0 < height < rows and 0 < width < columns:
                y = int(rng.integers(0, rows - height, endpoint=True))
                return y, int(rng.integers(0, columns - width, endpoint=True)), height, width
        return None

    def apply(self, image: np.ndarray, draw: Optional[Box]) -> np.ndarray:
        """Return a copy of (H, W, C) or (C, H, W) with the rectangle filled, or the image itself."""
        if draw is None:
            return image
        result = np.array(image)  # keeps the memory layout, unlike .copy()
        y, x, height, width = draw
        if self.compat and image.shape[0] != 3:
            result[0, y : y + height, x : x + width] = self.mean[min(1, len(self.mean) - 1)]
            return result
        pixels = channels_last(result, self.layout_at(image.shape))
        fill = self.mean if len(set(self.mean)) > 1 else self.mean[0]  # one value fits any number of channels
        pixels[y : y + height, x : x + width] = fill
        return result

    def __call__(self, image: np.ndarray, rng: Optional[np.random.Generator] = None) -> np.ndarray:
        """Draw and apply."""
        rng = np.random.default_rng() if rng is None else rng
        return self.apply(image, self.sample(rng, image.shape))
