# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""AutoAugment: "AutoAugment: Learning Augmentation Policies from Data" (2018)."""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple, Union

import numpy as np

from ppclas_augment_transform.operations import SIGNED, Operation, apply_operation, as_pixels, value_at
from ppclas_augment_transform.policies import POLICIES
from ppclas_augment_transform.settings import GRAY, fill_color
from ppclas_core.data.transforms import compat_flag
from ppclas_core.errors import UserError, did_you_mean


class AutoAugment:
    """AutoAugment: one of 25 learned pairs of operations, drawn uniformly; each operation has its own probability.

    Works on (H, W, 3) uint8 pixels in RGB order: after the crop, before NormalizeImage.

    Args:
        fillcolor: fill value of empty pixels, 0..255, per channel or one for all.
        policy: "imagenet", "cifar10" or "svhn", the dataset that the pairs were learned on.
        compat: 2020: rotate only counter-clockwise, and fill with gray 128 after a rotation. Default: both directions
            are equally likely, and the fill is `fillcolor`.
    """

    def __init__(self, fillcolor: Union[int, Sequence[int]] = GRAY, policy: str = "imagenet",
                 compat: Union[str, int] = "") -> None:
        self.fillcolor = fill_color("AutoAugment", fillcolor)
        if policy not in POLICIES:
            raise UserError(f"AutoAugment: policy is {policy!r}.{did_you_mean(str(policy), POLICIES)}",
                            do=f"one of: {', '.join(POLICIES)}")
        self.policy = policy
        self.compat = compat_flag("AutoAugment", compat)

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> Tuple[Operation, ...]:
        """Draw the operations for one image, in order: none, one or two."""
        pairs = POLICIES[self.policy]
        drawn: List[Operation] = []
        for name, level, probability in pairs[int(rng.integers(len(pairs)))]:
            applied = rng.random() < probability
            negative = bool(rng.integers(2))
            one_way = name not in SIGNED or (self.compat and name == "rotate")
            value = value_at(name, level / 9)
            if applied:
                drawn.append((name, -value if negative and not one_way else value))
        return tuple(drawn)

    def apply(self, image: np.ndarray, draw: Tuple[Operation, ...]) -> np.ndarray:
        """Return the augmented image (H, W, 3) uint8, or the image itself; accepts a Pillow image too."""
        pixels = as_pixels("AutoAugment", image)
        for operation in draw:
            pixels = apply_operation(pixels, operation, self.fillcolor, GRAY if self.compat else self.fillcolor)
        return pixels

    def __call__(self, image: np.ndarray, rng: Optional[np.random.Generator] = None) -> np.ndarray:
        """Draw and apply."""
        rng = np.random.default_rng() if rng is None else rng
        return self.apply(image, self.sample(rng, np.shape(image)))


class CIFAR10Policy(AutoAugment):
    """AutoAugment with the pairs learned on CIFAR-10; parameters as in `AutoAugment`."""

    def __init__(self, fillcolor: Union[int, Sequence[int]] = GRAY, compat: Union[str, int] = "") -> None:
        super().__init__(fillcolor, "cifar10", compat)


class SVHNPolicy(AutoAugment):
    """AutoAugment with the pairs learned on SVHN; parameters as in `AutoAugment`."""

    def __init__(self, fillcolor: Union[int, Sequence[int]] = GRAY, compat: Union[str, int] = "") -> None:
        super().__init__(fillcolor, "svhn", compat)
