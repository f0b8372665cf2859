# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Cutmix: "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features" (2019)."""

from __future__ import annotations

from typing import NamedTuple, Sequence, Tuple, Union

import numpy as np

from ppclas_augment_mix.batch import BatchMix, Labels
from ppclas_core.data.transforms import image_size, layout_of


class CutmixDraw(NamedTuple):
    """Index of the partner of each image (N,), and boxes (1, 4) or (N, 4): top, bottom, left, right in pixels."""

    partners: np.ndarray
    boxes: np.ndarray


class CutmixOperator(BatchMix[CutmixDraw]):
    """CutMix: a box of the partner pasted at the same location; lambda is the fraction of the image that remains.

    The box has sqrt(1 - lam0) of each side, lam0 from Beta(alpha, alpha), around a random center. It is clipped at the
    border, and lambda is computed from the clipped box.

    Args:
        alpha: parameter of the beta distribution.
        per_sample: draw a box per image instead of per batch.
        compat: 2020: one box per batch; contradicts `per_sample`.
    """

    def __init__(self, alpha: float = 0.2, per_sample: bool = False, compat: Union[str, int] = "") -> None:
        super().__init__("CutmixOperator", alpha, per_sample, compat)

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> CutmixDraw:
        """Draw the partners and the boxes."""
        partners = rng.permutation(shape[0])
        cut = np.sqrt(1.0 - self.draw_lambdas(rng, shape[0]))
        ends = []
        for length in image_size(shape[1:], None):
            half = (length * cut).astype(np.int64) // 2
            center = rng.integers(length, size=len(cut))
            ends += [np.clip(center - half, 0, length), np.clip(center + half, 0, length)]
        return CutmixDraw(partners, np.stack(ends, axis=1))

    def apply(self, images: np.ndarray, labels: np.ndarray, draw: CutmixDraw) -> Tuple[np.ndarray, Labels]:
        """Return the mixed images and (y_a, y_b, lam)."""
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
        lambdas = 1.0 - (bottom - top) * (right - left) / (old.shape[1] * old.shape[2])
        return mixed, self.label_triple(labels, draw.partners, lambdas)
