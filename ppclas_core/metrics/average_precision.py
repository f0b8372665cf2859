# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Average precision: how well the scores of one class put the images that show it before the others."""

from __future__ import annotations

from typing import Optional

import numpy as np


def average_precision(scores: np.ndarray, shown: np.ndarray) -> Optional[float]:
    """Sum over scores, from the highest on, of the precision so far times the recall gained: the area under the
    curve of precision over recall, without interpolation. Images of equal score are taken together, so their order
    does not matter; a score that is no number counts as the lowest.

    Args:
        scores: (N,) float; shown: (N,) bool, whether the image shows the class.

    Returns:
        0..1, or None where no image shows the class.
    """
    total = int(shown.sum())
    if not total:
        return None
    ranked = np.where(np.isnan(scores), -np.inf, scores)
    order = np.argsort(-ranked)
    ranked, hits = ranked[order], np.cumsum(shown[order])
    ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)  # the last image of each score
    gained = np.diff(np.append(0, hits[ends]))
    return float((hits[ends] / (ends + 1) * gained).sum() / total)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-logits)), float64 of the same shape, without overflow."""
    part = np.exp(-np.abs(logits.astype(np.float64)))
    scores: np.ndarray = np.where(logits >= 0, 1.0, part) / (1.0 + part)
    return scores
