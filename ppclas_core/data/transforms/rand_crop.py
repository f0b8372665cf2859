# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""RandCropImage: random resized crop."""

from __future__ import annotations

import math
from typing import Optional, Sequence, Tuple, Union

import numpy as np

from ppclas_core.data.capabilities import Box
from ppclas_core.data.opencv import cv2
from ppclas_core.data.transforms.interpolation import interpolation_flag
from ppclas_core.data.transforms.validate import interval, size_pair


class RandCropImage:
    """Crop a random box of (H, W, C) and resize it.

    The ratio is drawn uniformly, not log-uniformly. The area is limited so that the box always fits: no draw is
    rejected. Source: "Going Deeper with Convolutions" (2015).

    Args:
        size: [width, height] or one number for both, of the result in pixels.
        scale: minimum and maximum fraction of the image's area.
        ratio: minimum and maximum width / height.
        interpolation: -1 (bilinear), an OpenCV number 0..4, or nearest, bilinear, bicubic, area, lanczos.
    """

    def __init__(
        self,
        size: Union[int, Sequence[int]],
        scale: Sequence[float] = (0.08, 1.0),
        ratio: Sequence[float] = (3 / 4, 4 / 3),
        interpolation: Union[int, str] = -1,
    ) -> None:
        self.size = size_pair("RandCropImage", "size", size)
        self.scale = interval("RandCropImage", "scale", scale, low=0.0, high=1.0)
        self.ratio = interval("RandCropImage", "ratio", ratio, low=0.0, high=math.inf)
        self._flag = interpolation_flag("RandCropImage", interpolation)

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> Box:
        """Draw the box for an image of shape (H, W, ...)."""
        height, width = shape[:2]
        wide = math.sqrt(rng.uniform(*self.ratio))
        tall = 1.0 / wide
        bound = min(width / height / wide**2, height / width / tall**2)
        fraction = rng.uniform(min(self.scale[0], bound), min(self.scale[1], bound))
        length = math.sqrt(width * height * fraction)
        # A side must not be 0 for tiny images, nor exceed the image by rounding.
        box_width = min(max(int(length * wide), 1), width)
        box_height = min(max(int(length * tall), 1), height)
        x = int(rng.integers(0, width - box_width, endpoint=True))
        y = int(rng.integers(0, height - box_height, endpoint=True))
        return Box(x, y, box_width, box_height)

    def region(self, draw: Box, size: Tuple[int, int]) -> Box:
        """Return the box, the only part of the image that is read."""
        return draw

    def apply(self, image: np.ndarray, draw: Box) -> np.ndarray:
        """Crop the box and resize it to `size`."""
        return self.from_region(draw.of(image), draw)

    def from_region(self, part: np.ndarray, draw: Box, out: Optional[np.ndarray] = None) -> np.ndarray:
        """Resize the pixels of a box to `size`, into `out` if it has the shape of the result."""
        resized: np.ndarray = cv2.resize(part, self.size, dst=out, interpolation=self._flag)
        return resized

    def __call__(self, image: np.ndarray, rng: Optional[np.random.Generator] = None) -> np.ndarray:
        """Draw a box and apply the crop."""
        rng = np.random.default_rng() if rng is None else rng
        return self.apply(image, self.sample(rng, image.shape))
