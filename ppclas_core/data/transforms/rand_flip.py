# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""RandFlipImage: random flip."""

from __future__ import annotations

from typing import Optional, Sequence

import numpy as np

from ppclas_core.data.opencv import cv2
from ppclas_core.errors import UserError


class RandFlipImage:
    """Flip (H, W, C) with probability 1/2.

    Args:
        flip_code: 1 left-right, 0 top-bottom, -1 both.
    """

    in_place = True

    def __init__(self, flip_code: int = 1) -> None:
        if flip_code not in (-1, 0, 1):
            raise UserError(f"RandFlipImage: flip_code is {flip_code!r}", do="1: left-right, 0: top-bottom, -1: both")
        self.flip_code = int(flip_code)

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> bool:
        """Draw whether to flip."""
        return bool(rng.integers(2))

    def apply(self, image: np.ndarray, draw: bool, out: Optional[np.ndarray] = None) -> np.ndarray:
        """Return the flipped image, written to `out` if given (it may be the image), or the image itself."""
        return cv2.flip(image, self.flip_code, dst=out) if draw else image

    def __call__(self, image: np.ndarray, rng: Optional[np.random.Generator] = None) -> np.ndarray:
        """Draw and apply the flip."""
        rng = np.random.default_rng() if rng is None else rng
        return self.apply(image, self.sample(rng, image.shape))
