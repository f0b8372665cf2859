# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Matching of near-duplicates: an index of descriptors proposes pairs, which geometry and pixels verify.

Nearest neighbors come from a forest of k-d trees (FLANN, Muja and Lowe 2009). The time is linear in the number of
images and logarithmic in the number of descriptors.
"""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ppclas_core.data import cv2
from ppclas_distill.features import GRAY, Features

TREES = 4
"""Number of k-d trees."""
CHECKS = 64
"""Number of leaves that are searched per descriptor."""
NEIGHBORS = 4
"""Number of nearest neighbors per descriptor."""
MAX_DISTANCE = 260.0
"""Largest distance of two matching descriptors, whose norm is about 512."""
MIN_VOTES = 3
"""Fewest matching points of a pair that is verified."""
MAX_CANDIDATES = 8
"""Largest number of pairs that are verified per image."""
MIN_INLIERS = 6
"""Fewest points that fit one affine map."""
MAX_ERROR = 4.0
"""Largest error of a fitting point in pixels."""
MIN_OVERLAP = 0.5
"""Smallest fraction of the smaller image that overlaps."""
MIN_CORRELATION = 0.75
"""Smallest correlation of the gray values in the overlap."""


class DuplicatePair(NamedTuple):
    """A pair of near-duplicates: indices, number of matching points, correlation of gray values in -1..1."""

    image: int
    other: int
    inliers: int
    correlation: float


class Index:
    """Index of all descriptors of the reference images.

    Args:
        features: features of each reference image, in order.
    """

    def __init__(self, features: Sequence[Features]) -> None:
        self.features = features
        counts = [len(each.points) for each in features]
        self._owner = np.repeat(np.arange(len(features)), counts)
        self._flann = None
        if sum(counts) > NEIGHBORS:
            self._data = np.concatenate([each.descriptors for each in features]).astype(np.float32)
            cv2.setRNGSeed(0)
            parameters = {"algorithm": 1, "trees": TREES}
            self._flann = cv2.flann_Index(self._data, parameters)  # type: ignore[attr-defined]  # the stubs lack it

    def candidates(self, query: Features, own: Optional[int] = None) -> List[int]:
        """Return up to MAX_CANDIDATES reference images other than `own`, those with the most matching points first."""
        if self._flann is None or len(query.points) == 0:
            return []
        data = query.descriptors.astype(np.float32)
        near, distances = self._flann.knnSearch(data, NEIGHBORS, params={"checks": CHECKS})
        pairs = np.stack([np.repeat(np.arange(len(data)), NEIGHBORS), self._owner[near.reshape(-1)]], axis=1)
        pairs = np.unique(pairs[distances.reshape(-1) < MAX_DISTANCE**2], axis=0)  # a point has one vote per image
        images, votes = np.unique(pairs[:, 1], return_counts=True)
        enough = (votes >= MIN_VOTES) & (images != (-1 if own is None else own))
        order = np.argsort(-votes[enough], kind="stable")[:MAX_CANDIDATES]
        return [int(image) for image in images[enough][order]]

    def duplicates(self, number: int, query: Features, own: Optional[int] = None) -> List[DuplicatePair]:
        """Return the near-duplicates of image `number` among the reference images, without `own`."""
        found = []
        for other in self.candidates(query, own):
            match = compare(query, self.features[other])
            if match is not None:
                found.append(DuplicatePair(number, other, *match))
        return found


def compare(one: Features, other: Features) -> Optional[Tuple[int, float]]:
    """Return (matching points, correlation) if the images are near-duplicates or one is a crop of the other; else None.

    Scale, crop, aspect ratio, brightness, contrast and encoding may differ. A mirrored image is not a duplicate.
    """
    first, second = _mutual(one.descriptors, other.descriptors)
    if len(first) < MIN_INLIERS:
        return None
    source, target = one.points[first], other.points[second]
    cv2.setRNGSeed(0)
    affine, kept = cv2.estimateAffine2D(source, target, method=cv2.RANSAC, ransacReprojThreshold=MAX_ERROR)
    if affine is None or int(kept.sum()) < MIN_INLIERS or not _plausible(affine):
        return None
    correlation = _correlation(one, other, affine)
    return None if correlation is None else (int(kept.sum()), correlation)


def _mutual(one: np.ndarray, other: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Return the indices of descriptors that are mutual nearest neighbors and closer than MAX_DISTANCE."""
    if len(one) == 0 or len(other) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    a, b = one.astype(np.float32), other.astype(np.float32)
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * (a @ b.T)
    there = squares.argmin(1)
    back = squares.argmin(0)
    numbers = np.arange(len(a))
    kept = (back[there] == numbers) & (squares[numbers, there] < MAX_DISTANCE**2)
    return numbers[kept], there[kept]


def _plausible(affine: np.ndarray) -> bool:
    """Return whether a map is a crop or scaling, not mirrored, with little rotation and shear, aspect ratio 0.5..2."""
    (a, b), (c, d) = affine[:, :2]
    return bool(a > 0.1 and d > 0.1 and max(a, d) < 10 and 0.5 < a / d < 2 and max(abs(b), abs(c)) < 0.15 * min(a, d))


def _correlation(one: Features, other: Features, affine: np.ndarray) -> Optional[float]:
    """Return the correlation of the gray values in the overlap; None if overlap or correlation is too small."""
    if np.prod(one.size) * np.linalg.det(affine[:,
                                                :2]) > np.prod(other.size):  # compare at the scale of the smaller image
        inverse = cv2.invertAffineTransform(affine)
        return _correlation_of(other, one, inverse)
    return _correlation_of(one, other, affine)


def _correlation_of(small: Features, large: Features, affine: np.ndarray) -> Optional[float]:
    """Return the correlation in the frame of `small`; `affine` maps points of `small` to `large`."""
    to_small, to_large = np.diag([*small.size / GRAY, 1.0]), np.diag([*GRAY / large.size, 1.0])
    moved = (to_large @ np.vstack([affine, [0, 0, 1]]) @ to_small)[:2]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(large.gray, moved, (GRAY, GRAY), flags=flags)
    inside = cv2.warpAffine(np.full((GRAY, GRAY), 255, np.uint8), moved, (GRAY, GRAY), flags=flags) > 254
    if inside.mean() < MIN_OVERLAP:
        return None
    blurred = cv2.GaussianBlur(small.gray, (0, 0), 1.0)  # an upscaled crop is less sharp
    one, other = blurred[inside].astype(np.float64), cv2.GaussianBlur(seen, (0, 0), 1.0)[inside].astype(np.float64)
    one, other = one - one.mean(), other - other.mean()
    length = np.sqrt((one**2).sum() * (other**2).sum())
    correlation = float((one * other).sum() / length) if length > 0 else 0.0
    return correlation if correlation >= MIN_CORRELATION else None


def groups(pairs: Sequence[Tuple[int, int]]) -> Dict[int, int]:
    """Return the first image of the group of each image; groups are the connected components of the pairs."""
    parent: Dict[int, int] = {}

    def first(image: int) -> int:
        while parent.setdefault(image, image) != image:
            parent[image] = parent[parent[image]]
            image = parent[image]
        return image

    for one, other in pairs:
        low, high = sorted((first(one), first(other)))
        parent[high] = low
    return {image: first(image) for image in list(parent)}
