# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Random low-frequency images, and masks of their brightest pixels."""

from __future__ import annotations

import numpy as np


def noise_like(rng: np.random.Generator, count: int, height: int, width: int) -> np.ndarray:
    """Draw Gaussian noise (count, H, W // 2 + 1, 2): real and imaginary part of each frequency of a real image."""
    return rng.standard_normal((count, height, width // 2 + 1, 2))


def low_frequency_images(noise: np.ndarray, height: int, width: int, decay_power: float, *,
                         first_rows: bool) -> np.ndarray:
    """Return images (count, H, W) float64 of noise whose amplitude decays with the frequency.

    Args:
        noise: see `noise_like`.
        height: H of the images.
        width: W of the images.
        decay_power: the amplitude is max(f, 1 / max(H, W)) ** -decay_power, f in cycles per pixel.
        first_rows: compatible with 2020: row 0 of the frequencies has the real parts, row 1 the imaginary parts, and
            the last axis counts as the frequency along the width.
    """
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
    spectrum = noise * (np.maximum(frequency, 1.0 / max(height, width)) ** -decay_power)[:, :, None]
    if first_rows:
        second = spectrum[:, min(1, height - 1)]
        return np.fft.irfft2(spectrum[:, 0] + 1j * second, s=(height, width), axes=(1, 2))
    return np.fft.irfft2(spectrum[..., 0] + 1j * spectrum[..., 1], s=(height, width), axes=(1, 2))


def soft_masks(fields: np.ndarray, lambdas: np.ndarray, up: np.ndarray, max_soft: float) -> np.ndarray:
    """Return masks (count, H, W) float32: 1 at the brightest fraction of each field's pixels, 0 elsewhere.

    Args:
        fields: images (count, H, W).
        lambdas: the fraction per field, (count,) in 0..1.
        up: whether the number of pixels is rounded up, (count,) bool.
        max_soft: the border falls from 1 to 0 over twice this fraction of the pixels, or over less if it does not fit.
    """
    count, size = len(fields), fields[0].size
    masks = np.zeros((count, size), np.float32)
    for mask, field, fraction, round_up in zip(masks, fields.reshape(count, size), lambdas, up):
        number = int(np.ceil(fraction * size) if round_up else np.floor(fraction * size))
        soft = int(size * min(max_soft, fraction, 1.0 - fraction))
        if soft == 0:
            if number:
                mask[np.argpartition(field, size - number)[size - number :]] = 1
            continue
        order = np.argsort(field)[::-1]
        mask[order[: number - soft]] = 1
        border = order[max(number - soft, 0) : number + soft]
        mask[border] = np.linspace(1, 0, len(border))
    return masks.reshape(fields.shape)
