# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""When some classes have few images: weights for the loss, or epochs in which each class occurs equally often."""

from __future__ import annotations

from typing import List

import numpy as np


def class_weights(labels: np.ndarray, classes: int) -> List[float]:
    """A weight per class, inverse to its number of images; their mean over the images is 1, absent classes get 0.

    Args:
        labels: (N,) int64 in 0..classes - 1.
    """
    counts = np.bincount(labels, minlength=classes)
    present = counts > 0
    weights = np.zeros(classes)
    weights[present] = len(labels) / (present.sum() * counts[present])
    return [float(weight) for weight in weights]


def positive_weights(counts: np.ndarray, images: int) -> List[float]:
    """For images with several labels: how many images lack each class, per image that shows it; 1 for none or all.

    Args:
        counts: (K,) int64 images per class; images: all of them.
    """
    return [float((images - count) / count) if 0 < count < images else 1.0 for count in counts.tolist()]


def balanced_epoch(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(N,) int64 sample keys: each class that occurs gets N / classes places, give or take one.

    A small class repeats its images, a large one leaves some out, others in each epoch. A repeat is told by its key:
    the second occurrence of sample i is i + N, the third i + 2 N, so that each is cropped in its own way.

    Args:
        labels: (N,) int64.
    """
    size = len(labels)
    order = rng.permutation(size)
    by_class = order[np.argsort(labels[order], kind="stable")]  # members of each class, shuffled
    _, counts = np.unique(labels, return_counts=True)
    ends = np.cumsum(counts)
    places = np.full(len(counts), size // len(counts))
    places[rng.permutation(len(counts))[: size % len(counts)]] += 1
    parts = []
    for end, count, wanted in zip(ends, counts, places):
        turn = np.arange(wanted, dtype=np.int64)
        parts.append(by_class[end - count + turn % count] + turn // count * size)
    keys: np.ndarray = np.concatenate(parts)
    return keys[rng.permutation(size)]
