# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Data set that ships with ppclas: 1797 handwritten digits, for trials without a download.

"Optical Recognition of Handwritten Digits", E. Alpaydin and C. Kaynak, UCI Machine Learning Repository (1998), its test
set, 8x8 pixels, in the form that scikit-learn distributes; license CC BY 4.0. Made by tools/make_digits.py.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import List, Tuple

import numpy as np

from ppclas_core.data.datasets.split import write_lists
from ppclas_core.data.opencv import cv2

SIDE = 32
VALIDATION_RATIO = 0.2


def load_digits() -> Tuple[np.ndarray, np.ndarray]:
    """Return (images (1797, 8, 8) uint8 in 0..16, labels (1797,) int64)."""
    packed = resources.files("ppclas_core.data.datasets").joinpath("digits.npz")
    with packed.open("rb") as stream, np.load(stream) as archive:
        return archive["images"], archive["labels"].astype(np.int64)


def write_digits(folder: Path) -> Tuple[int, int]:
    """Write the digits as grayscale PNG files of 32x32 pixels in a folder per class, with three lists.

    A second call writes the same files; it completes an interrupted call.

    Returns:
        Numbers of training and validation images.

    Raises:
        UserError: the folder has lists with other content.
    """
    images, labels = load_digits()
    paths: List[str] = [f"images/{label}/{index:04d}.png" for index, label in enumerate(labels)]
    counts = write_lists(folder, paths, labels.tolist(), [str(digit) for digit in range(10)], VALIDATION_RATIO)
    for digit in range(10):
        (folder / "images" / str(digit)).mkdir(parents=True, exist_ok=True)
    for path, image in zip(paths, images):
        gray = np.round(image * (255 / 16)).astype(np.uint8)
        large = cv2.resize(gray, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        (folder / path).write_bytes(cv2.imencode(".png", large)[1].tobytes())
    return counts
