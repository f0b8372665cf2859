# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of the ops AutoAugment, CIFAR10Policy, SVHNPolicy and RandAugment."""

from __future__ import annotations

from typing import Iterable

from ppclas_core.api import Op, Recommendation, hookimpl


@hookimpl
def ppclas_ops() -> Iterable[Op]:
    """Return the ops of this distribution."""
    package = "ppclas_augment_transform"
    pixels = ("uint8",)
    return [
        Op("AutoAugment", f"{package}.auto_augment:AutoAugment", dtypes=pixels, aliases=("ImageNetPolicy",),
           doc="one of 25 learned pairs of operations",
           recommended=Recommendation(min_images=10_000, why="improves accuracy on large datasets")),
        Op("CIFAR10Policy", f"{package}.auto_augment:CIFAR10Policy", dtypes=pixels,
           doc="AutoAugment with the pairs learned on CIFAR-10"),
        Op("SVHNPolicy", f"{package}.auto_augment:SVHNPolicy", dtypes=pixels,
           doc="AutoAugment with the pairs learned on SVHN"),
        Op("RandAugment", f"{package}.rand_augment:RandAugment", dtypes=pixels,
           doc="random operations of one magnitude"),
    ]
