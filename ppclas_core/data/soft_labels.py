# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Targets of mixed images: two labels per image and the weight of the first, as mixing ops return them."""

from __future__ import annotations

from typing import Callable, Tuple, Union

import numpy as np

Mixed = Tuple[np.ndarray, np.ndarray, Union[float, np.ndarray]]
"""(y_a, y_b, lam) of a mixing op: the target is lam * y_a + (1 - lam) * y_b."""

MixOp = Callable[[np.ndarray, np.ndarray, np.random.Generator], Tuple[np.ndarray, Mixed]]
"""Mixing op: `op(images, labels, rng) -> (mixed images, (y_a, y_b, lam))`."""


def class_probabilities(mixed: Mixed, num_classes: int) -> np.ndarray:
    """Return the target lam * y_a + (1 - lam) * y_b as class probabilities, (N, num_classes) float32.

    Args:
        mixed: (y_a, y_b, lam): class indices (N,), or multi-hot rows (N, num_classes), twice; and the weight (lambda)
            of y_a, one number or one per sample (N,).
        num_classes: number of classes.
    """
    y_a, y_b, lam = (np.asarray(part) for part in mixed)
    if y_a.ndim == 2:
        weight = lam.astype(np.float32).reshape(-1, 1)
        blend: np.ndarray = weight * y_a + (1 - weight) * y_b
        return blend
    rows = np.arange(len(y_a))
    weight = lam.astype(np.float32)
    target = np.zeros((len(y_a), num_classes), np.float32)
    target[rows, y_a] = weight
    target[rows, y_b] += 1 - weight
    return target
