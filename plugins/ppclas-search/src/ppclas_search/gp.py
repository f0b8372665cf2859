# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""Gaussian process regression in numpy, for some hundred trials over about ten keys.

Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), chapters 2 and 5. Optuna's Gaussian process
needs PyTorch, which is ten times as large as all packages that ppclas installs.
"""

from __future__ import annotations

from typing import Tuple

import numpy as np

MAX_TRIALS = 400
"""Largest number of trials that a process is fitted to; the time is cubic in it."""


class GaussianProcess:
    """Gaussian process regression; it predicts mean and standard deviation of the values of new points.

    The kernel is Matern 5/2 with one length scale per dimension. The distance of unordered values is 0 or 1. Length
    scales and noise maximize the posterior under log-normal priors; they are found by random search and local random
    steps.

    Args:
        x: float64 (n, d), ordered columns in 0..1.
        y: float64 (n,), finite.
        ordered: bool (d,), whether a dimension is ordered.
        rng: random number generator of the fit.
    """

    def __init__(self, x: np.ndarray, y: np.ndarray, ordered: np.ndarray, rng: np.random.Generator) -> None:
        self.x = x
        self.ordered = ordered
        self.mean = float(y.mean())
        self.scale = float(y.std()) or 1.0
        self._y = (y - self.mean) / self.scale
        self._distance = _distances(x, x, ordered)
        self.log_lengths, self.log_noise = self._fit(rng)
        kernel = _matern(self._distance, self.log_lengths)
        self._lower = np.linalg.cholesky(kernel + np.exp(self.log_noise) * np.eye(len(x)))
        self._weights = np.linalg.solve(self._lower.T, np.linalg.solve(self._lower, self._y))
        self._variance = self._signal(self._lower)

    def predict(self, x: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """Return mean and standard deviation of the noise-free values, float64 (m,) each, in the unit of `y`."""
        across = _matern(_distances(x, self.x, self.ordered), self.log_lengths)
        mean = across @ self._weights
        half = np.linalg.solve(self._lower, across.T)
        variance = self._variance * np.maximum(1.0 - (half**2).sum(0), 1e-12)
        return self.mean + self.scale * mean, self.scale * np.sqrt(variance)

    def _fit(self, rng: np.random.Generator) -> Tuple[np.ndarray, float]:
        d = self.x.shape[1]
        center = np.append(np.full(d, np.log(0.6)), np.log(0.01))
        width = np.append(np.full(d, 0.9), 1.2)
        best, score = center, self._evidence(center, center, width)
        for step in range(160):
            draw = rng.normal(size=d + 1) * width
            guess = center + draw if step < 60 else best + draw * 0.3 * 0.98 ** (step - 60)
            found = self._evidence(guess, center, width)
            if found > score:
                best, score = guess, found
        return best[:-1], float(best[-1])

    def _evidence(self, theta: np.ndarray, center: np.ndarray, width: np.ndarray) -> float:
        """Return the log posterior up to a constant, with the most likely signal variance."""
        n = len(self._y)
        kernel = _matern(self._distance, theta[:-1]) + np.exp(theta[-1]) * np.eye(n)
        try:
            lower = np.linalg.cholesky(kernel)
        except np.linalg.LinAlgError:
            return -np.inf
        fit = -0.5 * n * np.log(self._signal(lower)) - np.log(np.diag(lower)).sum()
        return float(fit - 0.5 * (((theta - center) / width) ** 2).sum())

    def _signal(self, lower: np.ndarray) -> float:
        """Return the most likely signal variance under a weak prior of 1."""
        half = np.linalg.solve(lower, self._y)
        return float((half @ half + 1.0) / (len(half) + 1.0))


def _distances(a: np.ndarray, b: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    """Return the squared distances per dimension, float64 (d, n, m)."""
    difference = a.T[:, :, None] - b.T[:, None, :]
    return np.where(ordered[:, None, None], difference**2, (difference != 0).astype(np.float64))


def _matern(distances: np.ndarray, log_lengths: np.ndarray) -> np.ndarray:
    r = np.sqrt(5.0 * np.tensordot(np.exp(-2.0 * log_lengths), distances, 1))
    kernel: np.ndarray = (1.0 + r + r**2 / 3.0) * np.exp(-r)
    return kernel
