# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Mixup: "mixup: Beyond Empirical Risk Minimization" (2017)."""

from __future__ import annotations

from typing import NamedTuple, Sequence, Tuple, Union

import numpy as np

from ppclas_augment_mix.batch import BatchMix, Labels
from ppclas_core.data import cv2


class MixupDraw(NamedTuple):
    """The partner of each image (N,), and the shares (1,) or (N,) of the first one."""

    partners: np.ndarray
    shares: np.ndarray


class MixupOperator(BatchMix[MixupDraw]):
    """lam * x + (1 - lam) * x[partner]; uint8 is rounded.

    Args:
        alpha: lam comes from Beta(alpha, alpha).
        per_sample: a lam for each image instead of one for the batch.
        compat: 2020 followed the same rule with one lam per batch.
    """

    def __init__(self, alpha: float = 0.2, per_sample: bool = False, compat: Union[str, int] = "") -> None:
        super().__init__("MixupOperator", alpha, per_sample, compat)

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> MixupDraw:
        """Draw the partners and the shares."""
        return MixupDraw(rng.permutation(shape[0]), self.shares(rng, shape[0]))

    def apply(self, images: np.ndarray, labels: np.ndarray, draw: MixupDraw) -> Tuple[np.ndarray, Labels]:
        """The mixed images and labels."""
        rows = np.ascontiguousarray(images).reshape(len(images), images.shape[1], -1)
        mixed = np.empty_like(rows)
        shares = np.broadcast_to(draw.shares, len(rows))
        for row, partner, share, out in zip(rows, draw.partners, shares, mixed):  # twice as fast as numpy on the batch
            cv2.addWeighted(row, float(share), rows[partner], 1.0 - float(share), 0.0, dst=out)
        return mixed.reshape(images.shape), self.mixed_labels(labels, draw.partners, draw.shares)
