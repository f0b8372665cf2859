# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Mixed labels as class probabilities."""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np


def class_probabilities(mixed: Tuple[Any, Any, Any], num_classes: int) -> np.ndarray:
    """Return (N, num_classes) float32 from (y_a, y_b, lam): lam at y_a and 1 - lam at y_b, whose sum is 1.

    Args:
        mixed: y_a and y_b, class indices (N,) or multi-hot rows (N, num_classes); and lam, the weight (lambda)
            of y_a, one number or one per sample (N,).
        num_classes: number of classes.
    """
    y_a, y_b, lam = (np.asarray(part) for part in mixed)
    if y_a.ndim == 2:
        part = lam.astype(np.float32).reshape(-1, 1)
        blend: np.ndarray = part * y_a + (1 - part) * y_b
        return blend
    rows, share = np.arange(len(y_a)), lam.astype(np.float32)
    target = np.zeros((len(y_a), num_classes), np.float32)
    target[rows, y_a] = share
    target[rows, y_b] += 1 - share
    return target
