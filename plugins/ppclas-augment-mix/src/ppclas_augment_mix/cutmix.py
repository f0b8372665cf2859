# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Cutmix: "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features" (2019)."""

from __future__ import annotations

from typing import NamedTuple, Sequence, Tuple, Union

import numpy as np

from ppclas_augment_mix.batch import BatchMix, Labels
from ppclas_core.data.transforms import image_size, layout_of


class CutmixDraw(NamedTuple):
    """The partner of each image (N,), and the boxes (1, 4) or (N, 4): top, bottom, left, right in pixels."""

    partners: np.ndarray
    boxes: np.ndarray


class CutmixOperator(BatchMix[CutmixDraw]):
    """Paste a box of the partner at the same place; lam is the share of the image that is left.

    The box has sqrt(1 - lam0) of each side, lam0 from Beta(alpha, alpha), around a centre anywhere in the image; what
    lies outside is cut off, and lam counts the pixels that were really pasted.

    Args:
        alpha: see above.
        per_sample: a box for each image instead of one for the batch.
        compat: 2020 followed the same rule with one box per batch.
    """

    def __init__(self, alpha: float = 0.2, per_sample: bool = False, compat: Union[str, int] = "") -> None:
        super().__init__("CutmixOperator", alpha, per_sample, compat)

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> CutmixDraw:
        """Draw the partners and the boxes."""
        partners, cut = rng.permutation(shape[0]), np.sqrt(1.0 - self.shares(rng, shape[0]))
        ends = []
        for length in image_size(shape[1:], None):
            half = (length * cut).astype(np.int64) // 2
            centre = rng.integers(length, size=len(cut))
            ends += [np.clip(centre - half, 0, length), np.clip(centre + half, 0, length)]
        return CutmixDraw(partners, np.stack(ends, axis=1))

    def apply(self, images: np.ndarray, labels: np.ndarray, draw: CutmixDraw) -> Tuple[np.ndarray, Labels]:
        """The mixed images and labels."""
        mixed = images.copy()
        last = layout_of(images.shape[1:]) == "HWC"
        old, new = (array if last else array.transpose(0, 2, 3, 1) for array in (images, mixed))
        if self.per_sample:
            for index, (top, bottom, left, right) in enumerate(draw.boxes):
                new[index, top:bottom, left:right] = old[draw.partners[index], top:bottom, left:right]
        else:
            top, bottom, left, right = draw.boxes[0]
            new[:, top:bottom, left:right] = old[:, top:bottom, left:right][draw.partners]
        top, bottom, left, right = draw.boxes.T
        shares = 1.0 - (bottom - top) * (right - left) / (old.shape[1] * old.shape[2])
        return mixed, self.mixed_labels(labels, draw.partners, shares)
