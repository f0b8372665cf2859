# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Image features for the detection of duplicates: SIFT descriptors (Lowe 2004) and a small gray copy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Dict, List, NamedTuple, Optional, Sequence

import numpy as np

from ppclas_core.data import cv2
from ppclas_core.data.decoding import is_cut_off

SIDE = 256
"""Longer side in pixels to which images are resized first."""

GRAY = 64
"""Side of the square gray copy in pixels."""


class Features(NamedTuple):
    """Features of one image.

    Args:
        descriptors: (n, 128) uint8, those of the n strongest points.
        points: (n, 2) float32, x and y in pixels of the image resized to SIDE.
        gray: (GRAY, GRAY) uint8, the gray copy.
        size: (2,) float32, width and height of the image resized to SIDE.
    """

    descriptors: np.ndarray
    points: np.ndarray
    gray: np.ndarray
    size: np.ndarray


def extract(path: str, count: int) -> Optional[Features]:
    """Return the features of an image file with at most `count` points; None if it cannot be decoded."""
    try:
        data = np.fromfile(path, np.uint8)
        readable = data.size and not is_cut_off(data.tobytes())  # some OpenCV fill the rest with gray
        image = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if readable else None
    except (OSError, cv2.error):
        image = None
    return None if image is None else features_of(image, count)


def features_of(image: np.ndarray, count: int) -> Features:
    """Return the features of a gray image (H, W) uint8."""
    height, width = image.shape
    scale = SIDE / max(height, width)
    size = (max(round(width * scale), 8), max(round(height * scale), 8))
    image = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    sift = cv2.SIFT_create(nfeatures=count)  # type: ignore[attr-defined]  # the stubs lack it
    points, descriptors = sift.detectAndCompute(image, None)
    if descriptors is None:
        points, descriptors = [], np.zeros((0, 128), np.float32)
    positions = np.array([point.pt for point in points], np.float32).reshape(-1, 2)
    gray = cv2.resize(image, (GRAY, GRAY), interpolation=cv2.INTER_AREA)
    return Features(descriptors[:count].astype(np.uint8), positions[:count], gray, np.array(size, np.float32))


def extract_all(paths: Sequence[str], count: int, threads: int) -> Dict[str, np.ndarray]:
    """Return the features of many files as flat arrays for `unpack`; `counts` is -1 for an unreadable file."""
    with ThreadPoolExecutor(threads) as pool:  # OpenCV releases the GIL
        found = list(pool.map(lambda path: extract(path, count), paths))
    empty = Features(np.zeros((0, 128), np.uint8), np.zeros((0, 2), np.float32), np.zeros((GRAY, GRAY), np.uint8),
                     np.ones(2, np.float32))
    usable = [each or empty for each in found]
    return {
        "counts": np.array([-1 if each is None else len(each.points) for each in found], np.int32),
        "descriptors": np.concatenate([each.descriptors for each in usable]),
        "points": np.concatenate([each.points for each in usable]),
        "grey": np.stack([each.gray for each in usable]),
        "size": np.stack([each.size for each in usable]),
    }


def unpack(arrays: Dict[str, np.ndarray]) -> List[Features]:
    """Return the features of each image of `extract_all`; an unreadable image has no points."""
    ends = np.cumsum(np.maximum(arrays["counts"], 0))
    parts = zip(np.split(arrays["descriptors"], ends[:-1]), np.split(arrays["points"], ends[:-1]), arrays["grey"],
                arrays["size"])
    return [Features(*part) for part in parts]
