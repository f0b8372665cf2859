# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Fmix: "FMix: Enhancing Mixed Sample Data Augmentation" (2020)."""

from __future__ import annotations

from typing import NamedTuple, Sequence, Tuple, Union

import numpy as np

from ppclas_augment_mix.batch import BatchMix, Labels
from ppclas_augment_mix.low_frequency import low_frequency_images, noise_like, soft_masks
from ppclas_core.data.transforms import image_size, layout_of, probability
from ppclas_core.errors import UserError


class FmixDraw(NamedTuple):
    """Index of the partner of each image (N,), lambdas (M,), noise of M masks, and rounding of pixel counts (M,) bool.

    M is 1, or N with `per_sample`.
    """

    partners: np.ndarray
    lambdas: np.ndarray
    noise: np.ndarray
    up: np.ndarray


class FmixOperator(BatchMix[FmixDraw]):
    """FMix: mask * x + (1 - mask) * x[partner]; the mask is the brightest fraction lambda of a low-frequency image.

    Args:
        alpha: lambda is drawn from Beta(alpha, alpha).
        decay_power: the amplitude at frequency f decays as f ** -decay_power; higher values give rounder patches.
        max_soft: half width of the soft border as a fraction of all pixels, 0 to 0.5; at most lambda or 1 - lambda.
        reformulate: draw lambda from Beta(alpha + 1, alpha).
        per_sample: draw a mask per image instead of per batch.
        compat: 2020: take the real and the imaginary parts of the noise from its first two rows, which causes stripes.
            Default: the noise of the paper.
    """

    def __init__(self, alpha: float = 1.0, decay_power: float = 3.0, max_soft: float = 0.0, reformulate: bool = False,
                 per_sample: bool = False, compat: Union[str, int] = "") -> None:
        super().__init__("FmixOperator", alpha, per_sample, compat)
        if not decay_power >= 0:
            raise UserError(f"FmixOperator: decay_power is {decay_power!r}; it must be at least 0")
        if probability("FmixOperator", "max_soft", max_soft) > 0.5:
            raise UserError(f"FmixOperator: max_soft is {max_soft!r}; it must be at most 0.5")
        self.decay_power = float(decay_power)
        self.max_soft = float(max_soft)
        self.reformulate = bool(reformulate)

    def sample(self, rng: np.random.Generator, shape: Sequence[int]) -> FmixDraw:
        """Draw the partners, lambdas and noise."""
        partners = rng.permutation(shape[0])
        if self.reformulate:
            lambdas = 1.0 - self.draw_lambdas(rng, shape[0], self.alpha + 1.0)
        else:
            lambdas = self.draw_lambdas(rng, shape[0])
        noise = noise_like(rng, len(lambdas), *image_size(shape[1:], None))
        return FmixDraw(partners, lambdas, noise, rng.random(len(lambdas)) < 0.5)

    def apply(self, images: np.ndarray, labels: np.ndarray, draw: FmixDraw) -> Tuple[np.ndarray, Labels]:
        """Return the mixed images and (y_a, y_b, lam)."""
        masks = self.masks(draw, *image_size(images.shape[1:], None))
        masks = masks[:, :, :, None] if layout_of(images.shape[1:]) == "HWC" else masks[:, None]
        mixed = images.copy()
        for index, partner in enumerate(draw.partners):
            mask = masks[index if self.per_sample else 0]
            if self.max_soft:
                blend = mask * images[index] + (1 - mask) * images[partner]
                mixed[index] = np.rint(blend) if images.dtype == np.uint8 else blend
            else:
                np.copyto(mixed[index], images[partner], where=mask == 0)
        return mixed, self.label_triple(labels, draw.partners, draw.lambdas)

    def masks(self, draw: FmixDraw, height: int, width: int) -> np.ndarray:
        """Return the masks (M, H, W) float32 in 0..1: the weight of the first image at each pixel."""
        fields = low_frequency_images(draw.noise, height, width, self.decay_power, first_rows=self.compat)
        return soft_masks(fields, draw.lambdas, draw.up, self.max_soft)
