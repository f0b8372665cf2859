# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""RandAugment: "RandAugment: Practical automated data augmentation with a reduced search space" (2019)."""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple, Union

import numpy as np

from ppclas_augment_transform.operations import NAMES, SIGNED, Operation, apply_operation, as_pixels, value_at
from ppclas_augment_transform.settings import GRAY, fill_color
from ppclas_core.data.transforms import compat_flag, whole
from ppclas_core.errors import UserError

_MAX_MAGNITUDE = 10


class RandAugment:
    """RandAugment: `num_layers` of 14 operations, drawn uniformly with replacement, all with one magnitude.

    Works on (H, W, 3) uint8 pixels in RGB order: after the crop, before NormalizeImage.

    Args:
        num_layers: number of operations per image.
        magnitude: their strength, 0 to 10; autocontrast, equalize and invert have none.
        fillcolor: fill value of empty pixels, 0..255, per channel or one for all.
        compat: 2020: posterize and solarize become milder with the magnitude (up to 2, posterize blackens the image),
            and rotations are only counter-clockwise and fill with gray 128. Default: all operations become stronger,
            and both directions are equally likely.
    """

    def __init__(self, num_layers: int = 2, magnitude: float = 5, fillcolor: Union[int, Sequence[int]] = GRAY,
                 compat: Union[str, int] = "") -> None:
        self.num_layers = whole("RandAugment", "num_layers", num_layers, low=0)
        if not 0 <= magnitude <= _MAX_MAGNITUDE:
            raise UserError(f"RandAugment: magnitude is {magnitude!r}; it must be 0 to {_MAX_MAGNITUDE}")
        self.magnitude = float(magnitude)
        self.fillcolor = fill_color("RandAugment", fillcolor)
        self.compat = compat_flag("RandAugment", compat)

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> Tuple[Operation, ...]:
        """Draw the operations for one image, in order."""
        drawn: List[Operation] = []
        for _ in range(self.num_layers):
            name = NAMES[int(rng.integers(len(NAMES)))]
            negative = bool(rng.integers(2))
            one_way = name not in SIGNED or (self.compat and name == "rotate")
            value = self._value(name)
            drawn.append((name, -value if negative and not one_way else value))
        return tuple(drawn)

    def _value(self, name: str) -> float:
        strength = self.magnitude / _MAX_MAGNITUDE
        if self.compat and name == "posterize":
            return float(int(4 * strength))
        if self.compat and name == "solarize":
            return 256 * strength
        return value_at(name, strength)

    def apply(self, image: np.ndarray, draw: Tuple[Operation, ...]) -> np.ndarray:
        """Return the augmented image (H, W, 3) uint8, or the image itself; accepts a Pillow image too."""
        pixels = as_pixels("RandAugment", image)
        for operation in draw:
            pixels = apply_operation(pixels, operation, self.fillcolor, GRAY if self.compat else self.fillcolor)
        return pixels

    def __call__(self, image: np.ndarray, rng: Optional[np.random.Generator] = None) -> np.ndarray:
        """Draw and apply."""
        rng = np.random.default_rng() if rng is None else rng
        return self.apply(image, self.sample(rng, np.shape(image)))
